#include "protocols/sink_lanes.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::protocols {

namespace {

// Spreads one random number over the events of a call; the first gets it as it is.
double spread(double random01, std::uint32_t position) {
  constexpr double golden = 0.6180339887498949;
  return position == 0 ? random01 : std::fmod(random01 + golden * position, 1.0);
}

} // namespace

sink_counts counts_of(const v1::SinkCursor& cursor) {
  return {cursor.delivered(), cursor.filtered(), cursor.coalesced(),
          cursor.waiting(),   cursor.dead(),     cursor.discarded()};
}

sink_lanes::sink_lanes(base::partition_id partition, const sink_limits& limits, const retry_policy& retry,
                       const v1::SinkCursor& cursor, std::vector<restored_lane> lanes)
    : partition_(partition), limits_(limits), retry_(retry), counts_(counts_of(cursor)),
      history_base_(cursor.history_base()), window_(cursor) {
  for (auto& found : lanes) {
    auto& t = *tickets_.try_emplace(std::move(found.ticket_id)).first;
    auto& l = open_lane(t.second);
    l.waiting = found.waiting;
    l.last = found.last;
    l.last.offset = std::max(found.last.offset, found.head);
    park(t, found.head, base::from_us(found.entry.due_at_us()));
  }
}

std::optional<read_demand> sink_lanes::demand() const {
  if (paused_ || lanes_ >= limits_.lanes_max || window_.size() >= limits_.in_flight_events_max)
    return std::nullopt;
  const auto room = limits_.in_flight_events_max - window_.size();
  // Small reads are dear: wait until a quarter is free.
  if (window_.size() > 0 && room < limits_.in_flight_events_max / 4)
    return std::nullopt;
  return read_demand{window_.read_to(), static_cast<std::uint32_t>(room)};
}

void sink_lanes::on_history(history_page page, base::timestamp now, sink_effects& fx) {
  if (page.from != window_.read_to())
    return;
  step s{now, fx};
  for (auto& event : page.events)
    take_in(std::move(event), s);
  if (window_.size() == 0 && page.next > page.from)
    changed_ = true;
  window_.read_up_to(page.next);
  finish(s);
}

void sink_lanes::take_in(history_event event, step& s) {
  if (window_.decided_before(event.offset)) {
    window_.push_decided(event.offset);
    changed_ = true;
    return;
  }
  if (!event.wanted) {
    ++counts_.filtered;
    window_.push_decided(event.offset);
    changed_ = true;
    return;
  }
  auto& t = *tickets_.try_emplace(std::move(event.ticket_id)).first;
  if (t.second.waiting && t.second.in_flight == 0) {
    wait_behind(t, event.offset, event.late, s);
    window_.push_decided(event.offset);
  } else {
    enqueue(t, std::move(event));
    coalesce_queued(t);
  }
}

void sink_lanes::enqueue(named_ticket& t, history_event event) {
  const auto slot = window_.push(std::move(event));
  auto& own = t.second;
  if (own.head == no_slot)
    own.head = slot;
  else
    window_[own.tail].next = slot;
  own.tail = slot;
  make_ready(t);
}

void sink_lanes::on_outcomes(std::uint64_t delivery_id, std::span<const settled_event> events, base::timestamp now,
                             double random01, sink_effects& fx) {
  auto found = sent_.find(delivery_id);
  const bool stale = found == sent_.end();
  if (stale) {
    found = stale_.find(delivery_id);
    if (found == stale_.end())
      return;
  }
  step s{now, fx};
  auto& delivery = found->second;
  for (const auto& [position, outcome] : events) {
    if (position >= delivery.events.size() || !delivery.events[position].open)
      continue;
    auto& sent = delivery.events[position];
    sent.open = false;
    --delivery.open;
    if (sent.slot == replayed_slot)
      s.fx.replays.push_back({delivery_id, position, outcome});
    if (stale)
      continue;
    s.random01 = spread(random01, position);
    --sent.of->second.in_flight;
    if (sent.slot == no_slot)
      settle_head(*sent.of, outcome, s);
    else if (sent.slot != replayed_slot)
      settle(*sent.of, sent.slot, outcome, s);
    move_queued_behind(*sent.of, s);
    coalesce_queued(*sent.of);
    make_ready(*sent.of);
    forget_if_done(*sent.of);
  }
  if (delivery.open == 0) {
    replays_ -= !stale && delivery.background ? 1 : 0;
    (stale ? stale_ : sent_).erase(found);
  }
  finish(s);
}

void sink_lanes::settle(named_ticket& t, slot_id id, const ports::delivery_outcome& outcome, step& s) {
  using enum ports::delivery_result;
  auto& slot = window_[id];
  const auto bury_slot = [&](dead_reason reason) {
    bury(t, slot.offset, slot.sequence, slot.event.bytes(), reason, one_more_attempt({}, outcome, s.now),
         outcome.reason, s);
    take_out(t.second, id);
  };
  if (outcome.result == delivered) {
    ++counts_.delivered;
    take_out(t.second, id);
  } else if (is_final(outcome.result)) {
    bury_slot(reason_of(outcome.result));
  } else if (outcome.result == skipped) {
    slot.what = window_slot::state::queued;
  } else if (retry_.attempts_max <= 1) {
    bury_slot(dead_reason::budget_spent);
  } else {
    auto entry = one_more_attempt({}, outcome, s.now);
    entry.set_first_failed_at_us(base::to_us(s.now));
    entry.set_due_at_us(base::to_us(s.now + next_backoff(retry_.backoff, 1, outcome.retry_after, s.random01)));
    entry.set_last_error(outcome.reason);
    entry.set_late(slot.late);
    const auto offset = slot.offset;
    take_out(t.second, id);
    wait(t, offset, std::move(entry), s);
  }
}

// Decides a slot and takes it out of its ticket's chain.
void sink_lanes::take_out(ticket& t, slot_id id) {
  if (t.head == id) {
    // Slots of the chain after an undecided one are still in the window.
    do
      t.head = window_[t.head].next;
    while (t.head != no_slot && window_[t.head].what == window_slot::state::decided);
    if (t.head == no_slot)
      t.tail = no_slot;
  }
  window_.decide(id);
  changed_ = true;
}

// What is queued of a ticket with a lane goes to the disk behind it; but only once nothing of it is in flight, so that
// also after a crash everything that waits is older than everything that is read again.
void sink_lanes::move_queued_behind(named_ticket& t, step& s) {
  auto& own = t.second;
  if (!own.waiting || own.in_flight > 0)
    return;
  while (own.head != no_slot) {
    const auto slot = own.head;
    wait_behind(t, window_[slot].offset, window_[slot].late, s);
    take_out(own, slot);
  }
}

void sink_lanes::make_ready(named_ticket& t) {
  auto& own = t.second;
  if (own.ready || own.in_flight > 0)
    return;
  const bool has_event = own.waiting ? own.waiting->what == lane::state::loaded : own.head != no_slot;
  if (!has_event)
    return;
  own.ready = true;
  ready_.push_back(&t);
}

void sink_lanes::forget_if_done(named_ticket& t) {
  const auto& own = t.second;
  if (own.head == no_slot && own.in_flight == 0 && !own.ready && !own.waiting)
    tickets_.erase(tickets_.find(t.first));
}

void sink_lanes::pump(step& s) {
  if (paused_ || !stale_.empty())
    return;
  start_due_loads(s);
  send_batches(s);
}

void sink_lanes::send_batches(step& s) {
  while (!ready_.empty() && sent_.size() - replays_ < limits_.batches_in_flight_max) {
    outgoing_delivery out;
    sent_delivery sent;
    while (!ready_.empty() && out.events.size() < limits_.batch_events_max) {
      auto& t = *ready_.front();
      ready_.pop_front();
      t.second.ready = false;
      add_to_batch(t, limits_.batch_events_max - out.events.size(), out, sent);
      forget_if_done(t);
    }
    if (out.events.empty())
      return;
    out.id = ++ids_;
    sent.open = sent.events.size();
    sent_.emplace(out.id, std::move(sent));
    s.fx.deliveries.push_back(std::move(out));
  }
}

void sink_lanes::add_to_batch(named_ticket& t, std::size_t room, outgoing_delivery& out, sent_delivery& sent) {
  auto& own = t.second;
  const auto add = [&](base::log_offset offset, base::ticket_sequence sequence, const ports::event_bytes& event,
                       slot_id slot, std::uint32_t attempt, bool allow_older) {
    out.events.push_back({partition_, offset, sequence, t.first, event, attempt, allow_older});
    sent.events.push_back({&t, slot, true});
    ++own.in_flight;
  };
  if (own.waiting) {
    auto& l = *own.waiting;
    if (own.in_flight > 0 || l.what != lane::state::loaded)
      return;
    l.what = lane::state::in_flight;
    add(l.head, l.sequence, l.event, no_slot, l.entry.attempts() + 1, l.entry.allow_older());
    return;
  }
  if (limits_.one_event_a_ticket)
    room = std::min<std::size_t>(room, 1);
  // Nothing of the ticket is in flight, so all of its chain that is not decided is queued.
  for (auto id = own.head; id != no_slot && room > 0; id = window_[id].next) {
    auto& slot = window_[id];
    if (slot.what != window_slot::state::queued)
      continue;
    slot.what = window_slot::state::in_flight;
    add(slot.offset, slot.sequence, slot.event, id, 1, false);
    --room;
  }
}

v1::SinkCursor sink_lanes::cursor() const {
  v1::SinkCursor cursor;
  window_.to_cursor(cursor);
  cursor.set_history_base(history_base_);
  cursor.set_delivered(counts_.delivered);
  cursor.set_filtered(counts_.filtered);
  cursor.set_coalesced(counts_.coalesced);
  cursor.set_waiting(counts_.waiting);
  cursor.set_dead(counts_.dead);
  cursor.set_discarded(counts_.discarded);
  return cursor;
}

// Ends a public call: sends what may be sent, and gives the account out if it changed.
void sink_lanes::finish(step& s) {
  pump(s);
  if (changed_)
    s.fx.cursor = cursor();
  changed_ = false;
}

void sink_lanes::pause() {
  paused_ = true;
}

void sink_lanes::resume(base::timestamp now, sink_effects& fx) {
  paused_ = false;
  step s{now, fx};
  finish(s);
}

} // namespace cxstream::protocols
