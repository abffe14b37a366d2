// replay_run: one replay, from the history to a sink's partitions, chunk by chunk. It decides what is read, what is
// sent when, what is tried again, and keeps the counts. Pure: no clock, no disk, no randomness of its own. Owned by one
// actor.
//
// Invariants:
//  1. A chunk's counts and its place are added to the job together, when all of it is dealt with. So a replay that goes
//  on
//     from a written job counts no event twice; it may send a chunk again.
//  2. Of one partition one chunk is under way; what is sent again keeps the order of the history.
//  3. Nothing is sent beyond the job's rate, nor while it is paused, done or cancelled.
//  4. Memory: partitions_at_once chunks, and the hashes of at most tickets_remembered_max tickets.
//  5. Every chunk ends: an event that fails attempts_max times is counted as failed.
#pragma once

#include "protocols/backoff.hpp"
#include "protocols/history.hpp"
#include "protocols/rate_limit.hpp"

#include "cxstream/v1/replay.pb.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace cxstream::protocols {

struct replay_limits {
  std::size_t chunk_events_max = 256;
  std::size_t send_events_max = 1; // of one partition at a time; the target's batch
  std::size_t partitions_at_once = 4;
  std::size_t tickets_remembered_max = 1'000'000;
  retry_policy retry = {};
  bool sends_state = false; // one event a ticket says all
};

enum class replay_result : std::uint8_t {
  delivered,
  carried,      // another of its ticket says the same
  left_to_sink, // the sink has not decided it, holds it for a retry, or gave it up
  busy,         // its ticket has something else to send; again in a moment
  failed,       // and may pass later
  refused,      // for good
};

struct replay_outcome {
  replay_result result = replay_result::delivered;
  std::string reason = {};
};

struct replay_effects {
  struct read {
    base::partition_id partition;
    base::log_offset from;
    base::log_offset end;
  };
  struct send {
    base::partition_id partition;
    std::vector<history_item> events;
  };
  std::vector<read> reads;
  std::vector<send> sends;
};

class replay_run {
public:
  // `job` as it was written last.
  replay_run(v1::Replay job, const replay_limits& limits, base::timestamp now);

  // Starts what may be started now.
  void pump(base::timestamp now, replay_effects& fx);
  // When pump() has something to do by itself.
  std::optional<base::timestamp> next_due() const;
  // Answers a read: how many events there were, and the selected ones, up to `next`.
  void on_page(base::partition_id partition, std::uint64_t looked_at, std::vector<history_item> selected,
               base::log_offset next, base::timestamp now, replay_effects& fx);
  // A read failed; it is asked for again in a while.
  void on_unreadable(base::partition_id partition, const std::string& why, base::timestamp now);
  // Answers a send, one outcome an event. `random01` draws the jitter of a retry.
  void on_outcomes(base::partition_id partition, std::span<const replay_outcome> outcomes, base::timestamp now,
                   double random01, replay_effects& fx);

  void pause();
  void resume();
  void cancel(base::timestamp now);
  void set_rate(double events_per_second, base::timestamp now);

  const v1::Replay& job() const {
    return job_;
  }
  // Its end, or an operator, has come: nothing is under way any more.
  bool over() const {
    return job_.state() == v1::REPLAY_DONE || job_.state() == v1::REPLAY_CANCELLED;
  }

private:
  struct counts {
    std::uint64_t looked_at = 0, selected = 0, delivered = 0, carried = 0, left = 0, failed = 0;
  };
  struct item {
    history_item event;
    std::uint32_t attempts = 0;
    bool settled = false;
  };
  struct chunk {
    enum class state : std::uint8_t { reading, unreadable, ready, sent } what = state::reading;
    std::vector<item> items;
    std::size_t first = 0;              // all before it are settled
    std::vector<std::size_t> under_way; // sent: places in items
    base::log_offset next;
    counts of;
    base::timestamp not_before{};
    std::vector<v1::ReplayFailure> failures;
  };

  void send(std::uint16_t partition, chunk& c, base::timestamp now, replay_effects& fx);
  void settle(std::uint16_t partition, chunk& c, std::size_t at, const replay_outcome& outcome, base::timestamp now,
              double random01);
  void close_if_done(std::uint16_t partition);
  void read(std::uint16_t partition, replay_effects& fx);
  v1::ReplayPlace* next_place();
  v1::ReplayPlace& place_of(std::uint16_t partition);
  bool remembers(const std::string& ticket_id) const;

  v1::Replay job_;
  replay_limits limits_;
  rate_limit rate_;
  std::map<std::uint16_t, chunk> chunks_; // under way, by partition
  std::unordered_set<std::uint64_t> tickets_;
  base::timestamp rate_from_{};
};

} // namespace cxstream::protocols
