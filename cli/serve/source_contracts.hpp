// The contracts of a node's sources: what was learned comes from the store, and goes back there. Made once the store is
// open; thread-safe from then on.
#pragma once

#include "config/config.hpp"
#include "ports/log.hpp"
#include "ports/store.hpp"
#include "sources/contract/contract_book.hpp"
#include "telemetry/source_metrics.hpp"

#include <memory>

namespace cxstream::cli {

struct contract_ground {
  ports::store& store;
  const ports::clock& clock;
  telemetry::source_metrics& metrics;
  ports::log& log;
};

// Errors: of a JSON Schema, naming the source and its line in the configuration; io and corrupt of the store.
base::result<std::unique_ptr<sources::contract_book>> start_contracts(const config::node_config& config,
                                                                      const contract_ground& ground);

} // namespace cxstream::cli
