// Replay: events that were decided before are sent once more, beside everything else.
#include "protocols/sink_lanes.hpp"

#include <algorithm>

namespace cxstream::protocols {

replay_fate sink_lanes::fate_of(const replay_event& event, const outgoing_delivery& out) const {
  if (paused_ || !stale_.empty() || out.events.size() >= limits_.batch_events_max)
    return replay_fate::busy;
  if (!window_.is_decided(event.offset))
    return replay_fate::left;
  const auto before = std::any_of(out.events.begin(), out.events.end(),
                                  [&](const ports::delivery& e) { return e.ticket_id == event.ticket_id; });
  if (before && limits_.coalesce)
    return replay_fate::carried;
  if (before)
    return limits_.one_event_a_ticket ? replay_fate::busy : replay_fate::taken;
  const auto found = tickets_.find(event.ticket_id);
  if (found == tickets_.end())
    return replay_fate::taken;
  const auto& t = found->second;
  const bool waits = t.waiting && (t.waiting->what != lane::state::in_flight || t.waiting->waiting > 1);
  if (limits_.coalesce && t.in_flight == 0 && (waits || t.head != no_slot))
    return replay_fate::carried;
  return t.in_flight == 0 && !t.waiting && t.head == no_slot ? replay_fate::taken : replay_fate::busy;
}

std::vector<replay_fate> sink_lanes::replay(std::span<const replay_event> events, base::timestamp now,
                                            sink_effects& fx) {
  step s{now, fx};
  outgoing_delivery out;
  sent_delivery sent;
  sent.background = out.background = true;
  std::vector<replay_fate> fates;
  std::vector<std::string_view> busy; // of their tickets nothing later may go either
  for (const auto& event : events) {
    auto fate =
        std::find(busy.begin(), busy.end(), event.ticket_id) != busy.end() ? replay_fate::busy : fate_of(event, out);
    fates.push_back(fate);
    if (fate == replay_fate::busy)
      busy.emplace_back(event.ticket_id);
    if (fate != replay_fate::taken)
      continue;
    auto& t = *tickets_.try_emplace(event.ticket_id).first;
    out.events.push_back({partition_, event.offset, event.sequence, t.first, event.event, 1, event.allow_older});
    sent.events.push_back({&t, replayed_slot, true});
  }
  if (!out.events.empty()) {
    for (auto& e : sent.events)
      ++e.of->second.in_flight;
    out.id = ++ids_;
    sent.open = sent.events.size();
    ++replays_;
    sent_.emplace(out.id, std::move(sent));
    fx.deliveries.push_back(std::move(out));
  }
  finish(s);
  return fates;
}

} // namespace cxstream::protocols
