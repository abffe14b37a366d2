// Coalescing: of a ticket's events that wait to be sent, in memory or on disk, one stays and carries the others.
#include "protocols/sink_lanes.hpp"

namespace cxstream::protocols {

// An event on disk that another of its ticket will carry.
void sink_lanes::coalesce_waiting(named_ticket& t, base::log_offset offset, step& s) {
  s.fx.writes.emplace_back(erase_waiting{t.first, offset});
  --counts_.waiting;
  --t.second.waiting->waiting;
  ++counts_.coalesced;
  changed_ = true;
}

// The head of a lane is loaded and more waits behind it: the last one takes its place and inherits its attempts; or, if
// that one is late and the head is not, is carried by the head.
void sink_lanes::coalesce_loaded(named_ticket& t, step& s) {
  auto& l = *t.second.waiting;
  if (!limits_.coalesce || l.waiting < 2)
    return;
  if (l.waiting == 2 && l.last.late && !l.entry.late()) {
    coalesce_waiting(t, l.last.offset, s);
    l.last = tail_of(l.head, l.entry);
    return;
  }
  const auto head = l.head;
  coalesce_waiting(t, head, s);
  if (l.entry.attempts() > 0) {
    auto entry = std::move(l.entry);
    entry.set_late(l.last.late);
    entry.set_allow_older(l.last.allows_older);
    s.fx.writes.emplace_back(put_waiting{t.first, l.last.offset, std::move(entry)});
    l.last.has_failed = true;
  }
  park(t, base::log_offset{head.value + 1}, s.now);
}

// Of what is queued of a ticket one event stays: the newest that is not late, if there is one.
void sink_lanes::coalesce_queued(named_ticket& t) {
  auto& own = t.second;
  if (!limits_.coalesce)
    return;
  auto kept = no_slot;
  for (auto id = own.head; id != no_slot;) {
    const auto next = window_[id].next;
    if (window_[id].what == window_slot::state::queued) {
      const bool stays = kept == no_slot || !window_[id].late;
      const auto carried = stays ? kept : id;
      kept = stays ? id : kept;
      if (carried != no_slot) {
        take_out(own, carried);
        ++counts_.coalesced;
      }
    }
    id = next;
  }
}

// True when something of the ticket is about to be sent that carries what the operator wants requeued.
bool sink_lanes::carried_by_another(const named_ticket& t, const requeue_request& request) {
  const auto& own = t.second;
  if (!limits_.coalesce)
    return false;
  if (own.waiting) {
    const auto& l = *own.waiting;
    const bool only_in_flight = l.what == lane::state::in_flight && l.waiting == 1;
    return !only_in_flight && (request.late || request.offset < l.last.offset);
  }
  for (auto id = own.head; id != no_slot; id = window_[id].next)
    if (window_[id].what == window_slot::state::queued)
      return true;
  return false;
}

} // namespace cxstream::protocols
