#include "connectors/crm/single_write.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

struct signal {
  std::string_view name;
  bool (v1::CanonicalEvent::*has)() const;
  const v1::Signal& (v1::CanonicalEvent::*get)() const;
};
constexpr std::array signals{
    signal{"sentiment", &v1::CanonicalEvent::has_sentiment, &v1::CanonicalEvent::sentiment},
    signal{"churn_risk", &v1::CanonicalEvent::has_churn_risk, &v1::CanonicalEvent::churn_risk},
    signal{"effort", &v1::CanonicalEvent::has_effort, &v1::CanonicalEvent::effort},
};

} // namespace

std::vector<ports::delivery_outcome>
deliver_one_by_one(std::span<const ports::delivery> events,
                   const std::function<ports::delivery_outcome(const ports::delivery&)>& write) {
  outcomes out(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    const auto outcome = write(events[i]);
    if (outcome.result == delivery_result::delivered)
      continue;
    out.set(i, outcome);
    if (outcome.result == delivery_result::unreachable || outcome.result == delivery_result::throttled) {
      out.set_from(i + 1, outcome);
      break;
    }
  }
  return std::move(out).take();
}

ports::delivery_outcome helpdesk_outcome(const http_exchange& said) {
  auto out = said.outcome();
  if (said.answer.end != call_end::answered)
    return out;
  constexpr std::array credentials{401, 403};
  constexpr std::array busy{409, 423};
  if (std::ranges::find(credentials, said.answer.status) != credentials.end())
    out.result = delivery_result::unreachable;
  else if (std::ranges::find(busy, said.answer.status) != busy.end())
    out.result = delivery_result::transient;
  return out;
}

signal_tags::signal_tags(std::set<std::string, std::less<>> signals, std::string prefix)
    : signals_(std::move(signals)), prefix_(std::move(prefix)) {
}

signal_tags::change signal_tags::change_of(const v1::CanonicalEvent& event,
                                           const std::set<std::string, std::less<>>& present) const {
  change out;
  for (const auto& s : signals) {
    if (!signals_.contains(s.name))
      continue;
    const bool cleared = std::ranges::find(event.cleared().paths(), s.name) != event.cleared().paths().end();
    if (!(event.*s.has)() && !cleared)
      continue;
    const auto begin = prefix_ + std::string(s.name) + "_";
    const auto& value = (event.*s.get)();
    const auto wanted = value.has_label() ? begin + value.label() : std::string();
    for (const auto& tag : present)
      if (tag.starts_with(begin) && tag != wanted)
        out.remove.push_back(tag);
    if (!wanted.empty() && !present.contains(wanted))
      out.add.push_back(wanted);
  }
  return out;
}

} // namespace cxstream::connectors
