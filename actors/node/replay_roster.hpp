// replay_roster: the replays of a node: those that run, each an actor, and those that are over, as they were written.
// Thread-safe.
#pragma once

#include "actors/node/sink_roster.hpp"
#include "actors/replay/interface.hpp"

#include "cxstream/v1/replay.pb.h"

#include <caf/actor_system.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cxstream::actors {

class replay_roster {
public:
  // The log writer is told when a write of a replay fails, so that it mends the store.
  replay_roster(caf::actor_system& system, const node_config& config, const sink_roster& sinks,
                log_writer_actor log_writer);

  // Goes on with the replays that were not over.
  base::result<void> start();
  // Errors: invalid_argument, not_found (the sink), failed_precondition (not safe for the sink, or a subscriber).
  base::result<v1::Replay> begin(const v1::StartReplayRequest& request);
  // Reads the history, which may take a while. Errors as begin(), but for safety, which it tells.
  base::result<v1::PreviewReplayResponse> preview(const v1::PreviewReplayRequest& request) const;
  // As written last, newest first. Error: io.
  base::result<std::vector<v1::Replay>> written() const;
  // One of them. Errors: not_found, io.
  base::result<v1::Replay> written(const std::string& id) const;
  // The actor of a replay that is not over; none for others.
  std::optional<replay_actor> running(const std::string& id) const;
  void stop(std::chrono::milliseconds at_most);

private:
  std::vector<base::partition_id> partitions_of(const v1::ReplaySelection& selection) const;
  base::result<void> spawn(const v1::Replay& job);
  base::result<void> write(const v1::Replay& job);
  base::result<void> prune();

  caf::actor_system& system_;
  const node_config& config_;
  const sink_roster& sinks_;
  log_writer_actor log_writer_;
  mutable std::mutex mutex_;
  std::map<std::string, replay_actor> running_;
};

} // namespace cxstream::actors
