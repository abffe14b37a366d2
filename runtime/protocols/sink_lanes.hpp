// sink_lanes: the brain of one sink in one partition. It reads the history at the sink's own pace, hands events to the
// target in per-ticket order, puts the events of a failing ticket into a lane on disk while the other tickets flow, and
// keeps the account of what became of every event. Pure: no clock, no disk, no randomness of its own. Owned by one
// actor.
//
// Invariants:
//  1. (P3) Of one ticket at most one delivery is in flight; its events leave in order of offset; while it has a lane,
//     only the lane's lowest waiting event is delivered, and everything newer waits on disk behind it.
//  2. (P7) counts().decided() == history events below next_offset + decided ones above it - history_base, after every
//     call.
//  3. (P8) At most in_flight_events_max events and a quarter as many loaded lane heads (at least one) are in memory,
//  and
//     at most lanes_max + in_flight_events_max lanes, each of constant size: what waits behind a head is only on disk.
//  4. A delivery leaves only after the outcomes that allowed it were given out as writes. So an owner that writes a
//     call's effects before it sends its deliveries may be killed at any moment: after reload from the written state
//     only events whose outcome was not written are delivered again, in order, and never one older than a settled one.
//  5. Every event ends: delivered, filtered, or a dead letter (permanent, budget_spent, unreadable). Skipping is free.
#pragma once

#include "protocols/sink_lanes_types.hpp"
#include "protocols/sink_lanes_window.hpp"

#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>

namespace cxstream::protocols {

class sink_lanes {
public:
  sink_lanes(base::partition_id partition, const sink_limits& limits, const retry_policy& retry,
             const v1::SinkCursor& cursor, std::vector<restored_lane> lanes);
  ~sink_lanes();
  sink_lanes(sink_lanes&&) noexcept;
  sink_lanes& operator=(sink_lanes&&) noexcept;

  // What to read next; none while paused, while the window has little room or as many tickets wait as may. One read at
  // a time.
  std::optional<read_demand> demand() const;
  // A page that does not begin where the last one ended (read before a seek) is ignored.
  void on_history(history_page page, base::timestamp now, sink_effects& fx);

  // Outcomes of some or all events of a delivery, those of one ticket in order. `random01` in [0, 1] draws the jitter.
  // A delivery or position that is not open any more (answered, or sent before a seek) is ignored. A `skipped` event
  // goes back to its place without an attempt spent: this is also how an owner gives back what it could not send.
  // unreachable and throttled are for delivery_gate and count as transient here.
  void on_outcomes(std::uint64_t delivery_id, std::span<const settled_event> events, base::timestamp now,
                   double random01, sink_effects& fx);

  // When on_due() has something to do by itself; none when nothing waits or every due lane is already at work.
  std::optional<base::timestamp> next_due() const;
  void on_due(base::timestamp now, sink_effects& fx);
  // Answers to load_waiting; an id that is not open any more is ignored.
  void on_loaded(std::uint64_t load_id, loaded_event loaded, base::timestamp now, sink_effects& fx);
  // The waiting event is there, its history is not readable for good: it becomes a dead letter.
  void on_unreadable(std::uint64_t load_id, base::log_offset offset, const v1::WaitingEntry& entry,
                     std::string_view why, base::timestamp now, sink_effects& fx);
  // The store lost waiting events. The lane ends; the account keeps them as waiting, so that a verification finds them.
  void on_nothing_waiting(std::uint64_t load_id, base::timestamp now, sink_effects& fx);

  // Precondition of both: the offset is a dead letter of this sink and partition in the store, with all writes given
  // out so far applied.
  requeue_result requeue(const requeue_request& request, base::timestamp now, sink_effects& fx);
  void discard(base::log_offset offset, sink_effects& fx);

  // Paused: nothing is read, loaded or sent; answers to what is in flight are taken.
  void pause();
  void resume(base::timestamp now, sink_effects& fx);
  bool paused() const {
    return paused_;
  }

  // Begins anew at `next`: forgets the window, drops all lanes and waiting entries and the dead letters at or above
  // `next` (they are read again). `history_before`: history events below `next`. `dead_kept`: dead letters of this sink
  // and partition below `next`; they stay, and stay in the account. What is in flight is still awaited before anything
  // is sent, so that it cannot overtake, but its outcome is ignored.
  void seek(base::log_offset next, std::uint64_t history_before, std::uint64_t dead_kept, base::timestamp now,
            sink_effects& fx);

  // The account, as it is persisted.
  v1::SinkCursor cursor() const;
  const sink_counts& counts() const {
    return counts_;
  }
  base::log_offset next_offset() const {
    return window_.next_offset();
  }
  // Offsets below were read.
  base::log_offset read_to() const {
    return window_.read_to();
  }
  std::size_t lanes() const {
    return lanes_;
  }
  std::size_t deliveries_in_flight() const {
    return in_flight_.size() + stale_.size();
  }
  // Events whose bytes are in memory: the window's undecided ones and loaded lane heads.
  std::size_t events_in_memory() const;

private:
  struct lane;
  struct ticket {
    std::unique_ptr<lane> waiting;
  };
  struct delivery_in_flight {
    std::size_t open = 0;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>{}(s);
    }
  };
  using ticket_map = std::unordered_map<std::string, ticket, text_hash, std::equal_to<>>;

  // Placeholder: private parts follow with the implementation.
  base::partition_id partition_;
  sink_limits limits_;
  retry_policy retry_;
  sink_counts counts_;
  std::uint64_t history_base_ = 0;
  sink_lanes_window window_;
  ticket_map tickets_;
  std::size_t lanes_ = 0;
  bool paused_ = false;
  std::unordered_map<std::uint64_t, delivery_in_flight> in_flight_;
  std::set<std::uint64_t> stale_;
};

} // namespace cxstream::protocols
