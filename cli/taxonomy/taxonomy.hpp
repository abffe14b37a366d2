// `cxstream taxonomy`: judge a taxonomy file, measure how much of the history it covers, and run a new version over the
// history. Each function returns the exit code.
#pragma once

#include "calls.hpp"

#include "base/result.hpp"
#include "config/taxonomy_document.hpp"

#include "google/protobuf/timestamp.pb.h"

#include <optional>
#include <string>
#include <vector>

namespace cxstream::cli {

struct taxonomy_options {
  call_options call;
  std::string file;   // of the taxonomy
  std::string config; // whose taxonomy it is where no file is named
  bool strict = false;

  std::string events; // coverage: NDJSON file of events instead of a node
  std::string since;  // RFC 3339; events that occurred earlier are passed over
  std::string source; // coverage: of this source system only
  std::size_t top = 20;

  std::vector<std::string> known; // rerun: files of the versions that gave the tags of the past
  bool any_version = false;
  bool fill_in = false;
  bool dry_run = false;
  std::string rate;
};

int test_taxonomy(const taxonomy_options& options);
int measure_coverage(const taxonomy_options& options);
int rerun_taxonomy(const taxonomy_options& options);

// The taxonomy that the options name, or the configuration's.
base::result<config::taxonomy_document> load_named_taxonomy(const taxonomy_options& options);
// Empty when there is no --since.
base::result<std::optional<google::protobuf::Timestamp>> time_of(const taxonomy_options& options);

} // namespace cxstream::cli
