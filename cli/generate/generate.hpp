// `cxstream generate`: invented load for a node, or for a file.
#pragma once

#include "base/credit.hpp"
#include "client/connection.hpp"
#include "generate/load_source.hpp"

#include <optional>

namespace cxstream::cli {

struct generate_options {
  sources::synthetic_plan plan;
  std::uint64_t events = 100'000; // 0: no end but the duration's
  double duration_s = 0;          // 0: no end but the events'
  double rate = 0;                // events a second over all streams; 0: as fast as they go
  std::uint32_t batch = 512;
  std::uint32_t in_flight = base::credit_events_default; // a stream
  double patience_s = 60;
  client::node_address node;
  std::string out; // file instead of a node
  bool live_clock = false;
  bool json = false;
  bool quiet = false;
};

// Each returns the exit code.
int generate_to_node(const generate_options& options);
int generate_to_file(const generate_options& options);

} // namespace cxstream::cli
