// What a load came to, for people or as JSON. Pure.
#pragma once

#include "client/latency_histogram.hpp"
#include "sources/files/import_ledger.hpp"
#include "sources/synthetic/synthetic_stream.hpp"

#include <string>

namespace cxstream::cli {

struct load_summary {
  sources::synthetic_counts made;
  sources::import_counts outcomes;
  client::latency_histogram latency;
  std::uint64_t acknowledged = 0;
  std::uint64_t bytes = 0;
  std::uint64_t retries = 0;
  double seconds = 0;
  double cpu_seconds = 0; // of this process
  std::string trouble;    // why it stopped early
};

std::string summary_text(const load_summary& summary);
std::string summary_json(const load_summary& summary);

} // namespace cxstream::cli
