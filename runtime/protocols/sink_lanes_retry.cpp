// The lanes of sink_lanes: waiting, trying again, requeueing; and the seek that drops them.
#include "protocols/sink_lanes.hpp"

#include "model/revision.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

std::string_view outcome_text(ports::delivery_result result) {
  switch (result) {
    case ports::delivery_result::permanent:
      return "permanent";
    case ports::delivery_result::unfit:
      return "unfit";
    default:
      return "transient";
  }
}

} // namespace

lane_tail tail_of(base::log_offset offset, const v1::WaitingEntry& entry) {
  return {offset, entry.late(), entry.allow_older(), entry.attempts() > 0};
}

v1::WaitingEntry one_more_attempt(v1::WaitingEntry entry, const ports::delivery_outcome& outcome, base::timestamp now) {
  entry.set_attempts(entry.attempts() + 1);
  auto& tries = *entry.mutable_tries();
  if (tries.size() >= kept_attempts_max)
    tries.DeleteSubrange(0, tries.size() - kept_attempts_max + 1);
  auto& attempt = *tries.Add();
  attempt.set_number(entry.attempts());
  model::set_us(*attempt.mutable_at(), base::to_us(now));
  attempt.set_outcome(std::string(outcome_text(outcome.result)));
  attempt.set_reason(outcome.reason);
  attempt.set_exchange(outcome.exchange.substr(0, ports::exchange_bytes_max));
  return entry;
}

std::string_view name_of(dead_reason reason) {
  switch (reason) {
    case dead_reason::permanent:
      return "permanent";
    case dead_reason::budget_spent:
      return "budget_spent";
    case dead_reason::unreadable:
      return "unreadable";
    case dead_reason::unfit:
      return "unfit";
  }
  return "";
}

std::size_t sink_lanes::lanes_at_work_max() const {
  return std::max<std::size_t>(1, limits_.in_flight_events_max / 4);
}

sink_lanes::lane& sink_lanes::open_lane(ticket& t) {
  t.waiting = std::make_unique<lane>();
  ++lanes_;
  ++lanes_at_work_; // until it is parked
  t.waiting->what = lane::state::in_flight;
  return *t.waiting;
}

void sink_lanes::close_lane(ticket& t) {
  unpark(*t.waiting);
  t.waiting.reset();
  --lanes_;
  --lanes_at_work_;
}

// The lane waits until `due` and then continues with its first event at or after `head`. Whatever it was doing is
// forgotten.
void sink_lanes::park(named_ticket& t, base::log_offset head, base::timestamp due) {
  auto& l = *t.second.waiting;
  unpark(l);
  l.what = lane::state::idle;
  l.head = head;
  l.rewind_to.reset();
  l.event = {};
  l.entry.Clear();
  l.due = {due, ++ids_};
  due_.emplace(l.due, &t);
  --lanes_at_work_;
}

// Takes a lane out of the waiting or loading ones; it is at work then.
void sink_lanes::unpark(lane& l) {
  if (l.what == lane::state::idle) {
    due_.erase(l.due);
    ++lanes_at_work_;
  } else if (l.what == lane::state::loading) {
    loads_.erase(l.load_id);
  }
}

void sink_lanes::start_due_loads(step& s) {
  while (lanes_at_work_ < lanes_at_work_max() && !due_.empty() && due_.begin()->first.first <= s.now) {
    auto& t = *due_.begin()->second;
    auto& l = *t.second.waiting;
    unpark(l);
    l.what = lane::state::loading;
    l.load_id = ++ids_;
    loads_.emplace(l.load_id, &t);
    s.fx.loads.push_back({l.load_id, t.first, l.head});
  }
}

std::optional<base::timestamp> sink_lanes::next_due() const {
  if (paused_ || !stale_.empty() || due_.empty() || lanes_at_work_ >= lanes_at_work_max())
    return std::nullopt;
  return due_.begin()->first.first;
}

void sink_lanes::on_due(base::timestamp now, sink_effects& fx) {
  step s{now, fx};
  finish(s);
}

// The ticket whose load this answers; none when the answer is not wanted any more.
sink_lanes::named_ticket* sink_lanes::take_load(std::uint64_t load_id) {
  auto found = loads_.find(load_id);
  if (found == loads_.end())
    return nullptr;
  auto* t = found->second;
  loads_.erase(found);
  return t;
}

void sink_lanes::on_loaded(std::uint64_t load_id, loaded_event loaded, base::timestamp now, sink_effects& fx) {
  auto* t = take_load(load_id);
  if (t == nullptr)
    return;
  step s{now, fx};
  const auto due = base::from_us(loaded.entry.due_at_us());
  if (due > now) {
    park(*t, loaded.offset, due);
  } else {
    auto& l = *t->second.waiting;
    l.what = lane::state::loaded;
    l.head = loaded.offset;
    l.sequence = loaded.sequence;
    l.event = std::move(loaded.event);
    l.entry = std::move(loaded.entry);
    coalesce_loaded(*t, s);
    make_ready(*t);
  }
  finish(s);
}

void sink_lanes::on_unreadable(std::uint64_t load_id, base::log_offset offset, const v1::WaitingEntry& entry,
                               std::string_view why, base::timestamp now, sink_effects& fx) {
  auto* t = take_load(load_id);
  if (t == nullptr)
    return;
  step s{now, fx};
  t->second.waiting->what = lane::state::loaded;
  bury(*t, offset, {}, {}, dead_reason::unreadable, entry, why, s);
  head_done(*t, offset, s);
  forget_if_done(*t);
  finish(s);
}

void sink_lanes::on_nothing_waiting(std::uint64_t load_id, base::timestamp now, sink_effects& fx) {
  auto* t = take_load(load_id);
  if (t == nullptr)
    return;
  step s{now, fx};
  t->second.waiting->what = lane::state::loaded;
  close_lane(t->second);
  make_ready(*t);
  forget_if_done(*t);
  finish(s);
}

// The outcome of a lane's head.
void sink_lanes::settle_head(named_ticket& t, const ports::delivery_outcome& outcome, step& s) {
  using enum ports::delivery_result;
  auto& l = *t.second.waiting;
  const auto head = l.head;
  if (outcome.result == delivered) {
    ++counts_.delivered;
    head_done(t, head, s);
  } else if (is_final(outcome.result)) {
    bury(t, head, l.sequence, l.event.bytes(), reason_of(outcome.result),
         one_more_attempt(std::move(l.entry), outcome, s.now), outcome.reason, s);
    head_done(t, head, s);
  } else if (outcome.result != skipped) {
    head_failed(t, outcome, s);
  } else if (l.rewind_to) {
    park(t, *l.rewind_to, s.now);
  } else {
    l.what = lane::state::loaded;
    coalesce_loaded(t, s);
  }
}

void sink_lanes::head_failed(named_ticket& t, const ports::delivery_outcome& outcome, step& s) {
  auto& l = *t.second.waiting;
  const auto head = l.head;
  auto entry = one_more_attempt(std::move(l.entry), outcome, s.now);
  const auto attempts = entry.attempts();
  if (attempts >= retry_.attempts_max) {
    bury(t, head, l.sequence, l.event.bytes(), dead_reason::budget_spent, std::move(entry), outcome.reason, s);
    head_done(t, head, s);
    return;
  }
  const auto due = s.now + next_backoff(retry_.backoff, attempts, outcome.retry_after, s.random01);
  if (entry.first_failed_at_us() == 0)
    entry.set_first_failed_at_us(base::to_us(s.now));
  entry.set_due_at_us(base::to_us(due));
  entry.set_last_error(outcome.reason);
  s.fx.writes.emplace_back(put_waiting{t.first, head, std::move(entry)});
  l.last.has_failed |= l.last.offset == head;
  if (l.rewind_to)
    park(t, *l.rewind_to, s.now);
  else
    park(t, head, due);
}

// The lane's head is decided: goes on with the next one, or ends the lane.
void sink_lanes::head_done(named_ticket& t, base::log_offset head, step& s) {
  s.fx.writes.emplace_back(erase_waiting{t.first, head});
  --counts_.waiting;
  changed_ = true;
  auto& l = *t.second.waiting;
  if (--l.waiting > 0) {
    if (l.last.offset == head && l.rewind_to) // where events are coalesced, there is only this one
      l.last.offset = *l.rewind_to;
    park(t, l.rewind_to.value_or(base::log_offset{head.value + 1}), s.now);
    return;
  }
  close_lane(t.second);
  make_ready(t);
}

// Adds a waiting event at its place in the ticket's lane, opening it where there is none.
void sink_lanes::wait(named_ticket& t, base::log_offset offset, v1::WaitingEntry entry, step& s) {
  const auto due = base::from_us(entry.due_at_us());
  const bool opens = !t.second.waiting;
  auto& l = opens ? open_lane(t.second) : *t.second.waiting;
  if (opens || offset > l.last.offset)
    l.last = tail_of(offset, entry);
  s.fx.writes.emplace_back(put_waiting{t.first, offset, std::move(entry)});
  ++counts_.waiting;
  ++l.waiting;
  changed_ = true;
  if (opens) {
    park(t, offset, due);
    move_queued_behind(t, s);
    return;
  }
  if (l.what == lane::state::in_flight) {
    if (offset < l.head)
      l.rewind_to = std::min(offset, l.rewind_to.value_or(offset));
  } else if (l.what == lane::state::loading) {
    // The load may have been done without seeing this one.
    park(t, std::min(offset, l.head), s.now);
  } else if (offset < l.head) {
    park(t, offset, due);
  } else if (l.what == lane::state::loaded) {
    coalesce_loaded(t, s);
  }
}

// Adds an event to a ticket's lane that is newer than all that wait in it. Precondition: nothing of it is in flight.
void sink_lanes::wait_behind(named_ticket& t, base::log_offset offset, bool late, step& s) {
  auto& l = *t.second.waiting;
  changed_ = true;
  if (limits_.coalesce && late) { // what waits already will carry it
    ++counts_.coalesced;
    return;
  }
  v1::WaitingEntry entry;
  entry.set_late(late);
  const auto tail = tail_of(offset, entry);
  s.fx.writes.emplace_back(put_waiting{t.first, offset, std::move(entry)});
  ++counts_.waiting;
  ++l.waiting;
  // The head keeps its attempts and its due time; what lies between it and the newest is carried by the newest, unless
  // it is what failed, and the head was requeued before it.
  if (limits_.coalesce && l.waiting > 2 && !l.last.has_failed)
    coalesce_waiting(t, l.last.offset, s);
  l.last = tail;
  if (l.what == lane::state::loaded)
    coalesce_loaded(t, s);
}

void sink_lanes::bury(named_ticket& t, base::log_offset offset, base::ticket_sequence sequence, std::string event,
                      dead_reason reason, v1::WaitingEntry last, std::string_view error, step& s) {
  s.fx.writes.emplace_back(put_dead_letter{t.first, offset, sequence, std::move(event), reason, last.attempts(),
                                           std::string{error}, s.now, std::move(*last.mutable_tries()),
                                           !last.edited_event().empty()});
  ++counts_.dead;
  changed_ = true;
}

bool sink_lanes::newer_in_flight(const ticket& t, base::log_offset offset) {
  if (t.in_flight == 0)
    return false;
  if (t.waiting && t.waiting->what == lane::state::in_flight && t.waiting->head > offset)
    return true;
  for (auto id = t.head; id != no_slot; id = window_[id].next)
    if (window_[id].what == window_slot::state::in_flight && window_[id].offset > offset)
      return true;
  return false;
}

requeue_result sink_lanes::requeue(const requeue_request& request, base::timestamp now, sink_effects& fx) {
  auto found = tickets_.find(request.ticket_id);
  const bool known = found != tickets_.end();
  const bool superseded = request.newer_delivered || (known && newer_in_flight(found->second, request.offset));
  if (superseded && !request.allow_older)
    return requeue_result::refused_superseded;
  if ((!known || !found->second.waiting) && lanes_ >= limits_.lanes_max)
    return requeue_result::refused_full;

  step s{now, fx};
  auto& t = *tickets_.try_emplace(request.ticket_id).first;
  v1::WaitingEntry entry;
  entry.set_due_at_us(base::to_us(now));
  entry.set_allow_older(superseded);
  entry.set_late(request.late);
  entry.set_edited_event(request.edited_event);
  s.fx.writes.emplace_back(erase_dead_letter{request.offset});
  --counts_.dead;
  changed_ = true;
  if (carried_by_another(t, request))
    ++counts_.coalesced;
  else
    wait(t, request.offset, std::move(entry), s);
  forget_if_done(t);
  finish(s);
  return requeue_result::accepted;
}

void sink_lanes::discard(base::log_offset offset, sink_effects& fx) {
  fx.writes.emplace_back(erase_dead_letter{offset});
  --counts_.dead;
  ++counts_.discarded;
  fx.cursor = cursor();
}

void sink_lanes::seek(base::log_offset next, std::uint64_t history_before, std::uint64_t dead_kept, base::timestamp now,
                      sink_effects& fx) {
  for (auto& [id, delivery] : sent_)
    stale_.emplace(id, std::move(delivery));
  sent_.clear();
  replays_ = 0;
  ready_.clear();
  due_.clear();
  loads_.clear();
  tickets_.clear();
  lanes_ = 0;
  lanes_at_work_ = 0;
  window_.reset(next);
  counts_ = {};
  counts_.dead = dead_kept;
  history_base_ = history_before - dead_kept;
  changed_ = true;
  fx.writes.emplace_back(erase_all_waiting{});
  fx.writes.emplace_back(erase_dead_letters_from{next});
  step s{now, fx};
  finish(s);
}

} // namespace cxstream::protocols
