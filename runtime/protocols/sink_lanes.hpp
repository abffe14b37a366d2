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
//  5. Every waiting event of a ticket is older than every undecided one of it.
//  6. Every event ends: delivered, filtered, coalesced, or a dead letter (permanent, budget_spent, unreadable, unfit).
//     Skipping is free.
//  7. With limits.coalesce an event is decided as coalesced only while another of its ticket waits to be sent; it is
//     carried by that one, whose delivery is to say the ticket's state of the moment it leaves. What is in flight
//     neither carries nor is coalesced; a late event never takes the place of one that is not.
#pragma once

#include "protocols/sink_lanes_types.hpp"
#include "protocols/sink_lanes_window.hpp"

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>

namespace cxstream::protocols {

class sink_lanes {
  using due_key = std::pair<base::timestamp, std::uint64_t>;

public:
  sink_lanes(base::partition_id partition, const sink_limits& limits, const retry_policy& retry,
             const v1::SinkCursor& cursor, std::vector<restored_lane> lanes);

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

  // Sends events once more that the sink has decided before, in the order given, in one delivery of its own; one fate
  // an event. Only of tickets that have nothing else to send: so invariant 1 holds for them too. Their outcomes are
  // given out as `replays` and change no account: a caller keeps its own, and sends again what was not delivered.
  std::vector<replay_fate> replay(std::span<const replay_event> events, base::timestamp now, sink_effects& fx);

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
    return sent_.size() + stale_.size();
  }
  // The first event that was read and is not decided; null when there is none.
  const ports::event_bytes* first_undecided() const {
    return window_.first_undecided();
  }
  // Events whose bytes are in memory: the window's undecided ones and the lane heads that are loading, loaded or in
  // flight.
  std::size_t events_in_memory() const {
    return window_.undecided() + lanes_at_work_;
  }

private:
  // What waits of one ticket. Only the head is known here.
  struct lane {
    enum class state : std::uint8_t { idle, loading, loaded, in_flight };
    state what = state::idle;
    base::log_offset head;     // the lowest waiting offset, or a bound below it while idle or loading
    std::uint64_t waiting = 0; // events on disk, head included
    lane_tail last;
    due_key due;                               // idle: its place among the due ones
    std::uint64_t load_id = 0;                 // loading
    std::optional<base::log_offset> rewind_to; // in_flight: an event was requeued before the head
    // Of the head, once loaded:
    base::ticket_sequence sequence;
    ports::event_bytes event;
    v1::WaitingEntry entry;
  };
  struct ticket {
    slot_id head = no_slot; // its first undecided slot; the others follow by window_slot::next
    slot_id tail = no_slot;
    std::uint32_t in_flight = 0;
    bool ready = false; // in ready_
    std::unique_ptr<lane> waiting;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>{}(s);
    }
  };
  using ticket_map = std::unordered_map<std::string, ticket, text_hash, std::equal_to<>>;
  using named_ticket = ticket_map::value_type; // keeps its address
  struct sent_event {
    named_ticket* of;
    slot_id slot; // no_slot: the head of the ticket's lane; replayed_slot: none of its own
    bool open;
  };
  struct sent_delivery {
    std::vector<sent_event> events;
    std::size_t open = 0; // events not answered
    bool background = false;
  };

  // What one public call knows.
  struct step {
    base::timestamp now;
    sink_effects& fx;
    double random01 = 0.0;
  };

  // Window.
  void take_in(history_event event, step& s);
  void enqueue(named_ticket& t, history_event event);
  void coalesce_queued(named_ticket& t);
  void settle(named_ticket& t, slot_id slot, const ports::delivery_outcome& outcome, step& s);
  void take_out(ticket& t, slot_id slot);
  void move_queued_behind(named_ticket& t, step& s);
  // Deliveries.
  void pump(step& s);
  void send_batches(step& s);
  void add_to_batch(named_ticket& t, std::size_t room, outgoing_delivery& out, sent_delivery& sent);
  void make_ready(named_ticket& t);
  void forget_if_done(named_ticket& t);
  // Lanes.
  lane& open_lane(ticket& t);
  void close_lane(ticket& t);
  void park(named_ticket& t, base::log_offset head, base::timestamp due);
  void unpark(lane& l);
  void start_due_loads(step& s);
  void settle_head(named_ticket& t, const ports::delivery_outcome& outcome, step& s);
  void head_failed(named_ticket& t, const ports::delivery_outcome& outcome, step& s);
  void head_done(named_ticket& t, base::log_offset head, step& s);
  void wait(named_ticket& t, base::log_offset offset, v1::WaitingEntry entry, step& s);
  void wait_behind(named_ticket& t, base::log_offset offset, bool late, step& s);
  void coalesce_loaded(named_ticket& t, step& s);
  void coalesce_waiting(named_ticket& t, base::log_offset offset, step& s);
  bool carried_by_another(const named_ticket& t, const requeue_request& request);
  void bury(named_ticket& t, base::log_offset offset, base::ticket_sequence sequence, std::string event,
            dead_reason reason, v1::WaitingEntry last, std::string_view error, step& s);
  named_ticket* take_load(std::uint64_t load_id);
  replay_fate fate_of(const replay_event& event, const outgoing_delivery& out) const;
  bool newer_in_flight(const ticket& t, base::log_offset offset);
  std::size_t lanes_at_work_max() const;
  void finish(step& s);

  base::partition_id partition_;
  sink_limits limits_;
  retry_policy retry_;
  bool paused_ = false;
  bool changed_ = false; // the account differs from the last one given out

  sink_counts counts_;
  std::uint64_t history_base_ = 0;
  sink_lanes_window window_;

  ticket_map tickets_;                   // those with an undecided slot or a lane
  std::deque<named_ticket*> ready_;      // with an event that may be sent now; may hold some that no longer have
  std::map<due_key, named_ticket*> due_; // idle lanes
  std::size_t lanes_ = 0;
  std::size_t lanes_at_work_ = 0; // not idle
  std::uint64_t ids_ = 0;         // last one given out: deliveries, loads, places in due_
  std::unordered_map<std::uint64_t, named_ticket*> loads_;
  std::unordered_map<std::uint64_t, sent_delivery> sent_;
  std::size_t replays_ = 0;                                // of sent_
  std::unordered_map<std::uint64_t, sent_delivery> stale_; // sent before a seek; only awaited
};

} // namespace cxstream::protocols
