#include "sim/node_checker.hpp"

#include <algorithm>
#include <tuple>

namespace cxstream::sim {

namespace {

std::string text(const node_checker::place& p) {
  return p.first + "#" + std::to_string(p.second);
}

auto revision_of(const v1::CanonicalEvent& e) {
  return std::tuple(e.occurred_at().seconds(), e.occurred_at().nanos(), e.version(), e.pipeline().offset());
}

} // namespace

void node_checker::note(const place& where, const std::string& what) {
  trace_ = trace_ * 31 + std::hash<std::string>{}(text(where) + what);
}

void node_checker::know(const place& where, const identity& who, const char* from) {
  const auto [known, is_new] = known_.emplace(where, who);
  if (!is_new && known->second != who)
    blame(std::string("P2: ") + from + " says that " + text(where) + " is " + who.key + " " + who.variant +
          ", before it was " + known->second.key + " " + known->second.variant);
  const auto [at, is_new_key] = places_.emplace(std::pair(where.first, who.key), where);
  if (!is_new_key && at->second != where)
    blame("P2: " + who.key + " took effect as " + text(at->second) + " and as " + text(where));
}

void node_checker::relied_on(const made_event& event) {
  if (!event.ticket.empty())
    relied_on_.emplace(event.ticket, event.key);
}

void node_checker::all_relied_on_is_there() {
  for (const auto& [ticket, key] : relied_on_) {
    const auto& events = histories_[ticket];
    if (std::none_of(events.begin(), events.end(), [&](const auto& e) { return e.idempotency_key() == key; }))
      blame("P1: the source of " + key + " relies on it, and it is not in the history of " + ticket);
  }
}

void node_checker::answered(const made_event& event, const v1::EventResult& result) {
  const place where{event.ticket, result.ticket_sequence()};
  note(where, v1::Outcome_Name(result.outcome()));
  if (event.ticket.empty() != (result.outcome() == v1::REJECTED))
    blame("event " + event.key + " was answered " + v1::Outcome_Name(result.outcome()));
  switch (result.outcome()) {
    case v1::ACCEPTED:
    case v1::DUPLICATE:
      know(where, {event.key, event.variant}, "an answer");
      acknowledged_.insert(where);
      ++(result.outcome() == v1::ACCEPTED ? accepted : duplicates);
      break;
    case v1::CONFLICT:
      if (const auto known = known_.find(where); known != known_.end() && known->second.variant == event.variant)
        blame("P2: " + event.key + " is called a conflict and is the same");
      letters_told_.insert(result.dead_letter_id());
      ++conflicts;
      break;
    case v1::REJECTED:
      letters_told_.insert(result.dead_letter_id());
      ++rejected;
      break;
    default:
      blame("an answer without an outcome");
  }
}

void node_checker::taken(const std::string& sink, const v1::CanonicalEvent& event) {
  const place where{event.ticket_id(), event.pipeline().ticket_sequence()};
  know(where, {event.idempotency_key(), event.agent_id()}, "a delivery");
  note(where, sink);
  auto& view = sinks_[sink];
  if (!view.taken.emplace(where, event.pipeline().offset()).second) {
    ++taken_again;
    return;
  }
  auto& newest = view.newest[where.first];
  const bool unknowing = requeued_[sink].contains(where) && !newer_on_record(sink, where);
  if (where.second < newest && !exempt_[sink].contains(where) && !unknowing)
    blame("P3: sink " + sink + " got " + text(where) + " after " + std::to_string(newest));
  newest = std::max(newest, where.second);
}

std::uint64_t node_checker::acknowledged(const std::string& ticket) const {
  const auto after = acknowledged_.upper_bound({ticket, ~std::uint64_t{0}});
  return after == acknowledged_.begin() || std::prev(after)->first != ticket ? 0 : std::prev(after)->second;
}

bool node_checker::newer_on_record(const std::string& sink, const place& than) const {
  const auto& taken = sinks_.at(sink).taken;
  for (auto at = taken.upper_bound(than); at != taken.end() && at->first.first == than.first; ++at)
    if (on_record(sink, than.first, at->second))
      return true;
  return false;
}

void node_checker::history(const std::string& ticket, const std::vector<v1::CanonicalEvent>& events,
                           std::uint64_t owed) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& e = events[i];
    const place where{ticket, e.pipeline().ticket_sequence()};
    if (where.second != i + 1)
      blame("P3: event " + std::to_string(i + 1) + " of " + ticket + " has sequence " + text(where));
    know(where, {e.idempotency_key(), e.agent_id()}, "the history");
    const bool older = std::any_of(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const auto& before) { return revision_of(e) < revision_of(before); });
    if (older != e.pipeline().late())
      blame("P4: " + text(where) + (older ? " is late and not marked" : " is marked late and is not"));
  }
  if (events.size() < owed)
    blame("P1: " + text({ticket, owed}) + " was acknowledged and is not in the history of " +
          std::to_string(events.size()));
  histories_[ticket] = events;
}

void node_checker::state(const v1::TicketState& state) {
  const auto& events = histories_[state.ticket_id()];
  if (state.ticket_sequence() != events.size())
    blame("P9: the state of " + state.ticket_id() + " counts " + std::to_string(state.ticket_sequence()));
  const v1::CanonicalEvent* newest = nullptr;
  for (const auto& e : events)
    if (e.has_status() && (newest == nullptr || revision_of(*newest) < revision_of(e)))
      newest = &e;
  if (state.status().value() != (newest != nullptr ? newest->status() : ""))
    blame("P4: the status of " + state.ticket_id() + " is " + state.status().value());
}

void node_checker::complete(const std::string& sink, bool wants_noise, const std::set<place>& given_up) {
  const auto view = sinks_.find(sink);
  for (const auto& [ticket, events] : histories_)
    for (const auto& e : events) {
      const place where{ticket, e.pipeline().ticket_sequence()};
      const bool wanted = wants_noise || !is_noise(e);
      const bool has = view != sinks_.end() && view->second.taken.contains(where);
      if (wanted && !has && !given_up.contains(where))
        blame("P7: sink " + sink + " never got " + text(where));
      if (!wanted && has)
        blame("sink " + sink + " got " + text(where) + ", which its filter keeps out");
    }
}

} // namespace cxstream::sim
