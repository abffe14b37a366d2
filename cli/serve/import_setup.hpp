// How a node's configuration sets its import jobs up. Plain functions.
#pragma once

#include "config/config.hpp"
#include "model/validate.hpp"
#include "sources/imports/import_jobs.hpp"

namespace cxstream::cli {

// What an event may be like, wherever it comes in.
inline model::validation_limits limits_of(const config::ingest_config& ingest) {
  model::validation_limits out;
  out.event_bytes = ingest.event_bytes_max;
  out.future_tolerance = ingest.future_tolerance;
  return out;
}

// Errors: invalid_argument (the folder of mappings is none).
base::result<sources::import_options> import_options_of(const config::node_config& config);

} // namespace cxstream::cli
