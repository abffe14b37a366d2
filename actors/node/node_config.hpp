// What a node is made of: the outside it stands on, and its settings. Plain values and references.
#pragma once

#include "actors/dead_letter/letter_watch.hpp"
#include "actors/ingest/intake.hpp"
#include "base/credit.hpp"
#include "config/config.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/store.hpp"
#include "ports/target.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::actors {

// A configured sink and how its target is made.
struct sink_setup {
  config::sink_config config;
  ports::target_traits traits;
  std::function<base::result<std::unique_ptr<ports::target>>()> make_target; // called on the worker's own thread
};

struct node_config {
  ports::store& store;
  const ports::clock& clock;
  ports::metrics& metrics;
  ports::log& log;
  std::uint16_t partitions = 64;
  std::chrono::seconds dedup_window{30 * 24 * 3600};
  std::uint32_t live_tickets_max = 200'000;
  std::chrono::milliseconds checkpoint_every{10'000};
  std::uint32_t credit_events = base::credit_events_default;
  std::uint64_t seed = 1;
  std::string program_version = {};
  std::vector<sink_setup> sinks = {};
  std::function<std::shared_ptr<const intake_rules>()> rules = {}; // in force now; thread-safe
  source_readers readers = {};                                     // for dead letters of payloads that are tried again
  std::function<v1::ListSourcesResponse()> sources = {};           // what the configured ones sent; thread-safe
  letter_thresholds letters = {};
  std::function<void(const std::string&)> sink_moved = {}; // an operator moved the sink; thread-safe
  bool dedicated_threads = true;                           // false: everything on the scheduler (deterministic tests)
};

} // namespace cxstream::actors
