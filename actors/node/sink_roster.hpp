// sink_roster: the sinks of a node and the actors that serve them; configured sinks from the start, subscribers as they
// come. Thread-safe.
#pragma once

#include "actors/courier/interface.hpp"
#include "actors/node/node_config.hpp"
#include "actors/partition/interface.hpp"
#include "actors/sink/interface.hpp"
#include "actors/subscriber/interface.hpp"
#include "protocols/backoff.hpp"
#include "protocols/call_allowance.hpp"

#include <caf/actor_system.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::actors {

// One sink as the rest of the node sees it.
struct sink_entry {
  std::string name;
  std::string kind; // "subscriber" for those who read by gRPC
  v1::Filter filter;
  v1::Projection projection;
  bool paused = false;
  courier_actor courier = {};
  std::vector<sink_actor> partitions = {}; // by partition id
  subscriber_actor subscriber = {};        // only of kind "subscriber"
  // What a replay has to know.
  ports::target_traits traits = {};
  bool coalesces = false;
  protocols::retry_policy retry = {};
  double requests_per_second = 0;
  std::uint64_t calls_per_day = 0;
};

class sink_roster {
public:
  // The log writer is told when a write of a sink or of the roster fails, so that it mends the store.
  sink_roster(caf::actor_system& system, const node_config& config, log_writer_actor log_writer,
              std::vector<partition_actor> partitions);

  // Starts the configured sinks and the subscribers found in the store.
  base::result<void> start();
  std::vector<sink_entry> all() const;
  // Error: not_found, naming the sinks there are.
  base::result<sink_entry> find(const std::string& name) const;

  // The subscriber of that name, created when it is new. Errors: invalid_argument, already_exists (a configured sink).
  base::result<sink_entry> subscriber_for(const v1::StartSubscription& start);
  // Written down and told to the sink's actors. Error: not_found.
  base::result<void> pause(const std::string& name, bool paused);
  // Forgets a subscriber and everything that is kept of it. Errors: not_found, failed_precondition (a configured sink).
  base::result<void> erase_subscriber(const std::string& name);
  // Ends the actors; returns when they have ended or the time is over.
  void stop(std::chrono::milliseconds at_most);

private:
  base::result<sink_entry> spawn_configured(const sink_setup& setup);
  base::result<sink_entry> spawn_subscriber(const v1::StartSubscription& start);
  base::result<void> write_new_subscriber(const v1::StartSubscription& start);
  base::result<void> spawn_partitions(sink_entry& entry, const config::sink_config& settings,
                                      const ports::target_traits& traits);
  // What was spent of the sink's budget. Errors: io, corrupt.
  base::result<protocols::budget_account> budget_of(const std::string& name) const;
  courier_actor spawn_courier(const std::string& name, const config::sink_config& settings,
                              const ports::target_traits& traits, std::vector<target_worker_actor> workers,
                              connector_worker_actor mender, const protocols::budget_account& spent);
  // When it fails, the log writer is told, so that the store is mended also when nothing is appended.
  base::result<void> write(const ports::write_batch& batch);
  base::result<v1::SinkRecord> record_of(const std::string& name) const;
  base::result<void> write_record(const std::string& name, const v1::SinkRecord& record);
  void stop_entry(const sink_entry& entry, std::chrono::milliseconds at_most);

  caf::actor_system& system_;
  const node_config& config_;
  log_writer_actor log_writer_;
  std::vector<partition_actor> partitions_;
  mutable std::mutex mutex_;
  std::map<std::string, sink_entry> entries_;
};

} // namespace cxstream::actors
