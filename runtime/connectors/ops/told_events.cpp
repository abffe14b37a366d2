#include "connectors/ops/told_events.hpp"

namespace cxstream::connectors {

void told_events::add(const signal& s, std::string_view ticket) {
  const auto last = of_trouble_.find(s.trouble);
  const auto seen = of_ticket_.find(ticket);
  const bool joins = last != of_trouble_.end() && groups_[last->second].action == s.action &&
                     groups_[last->second].rule == s.rule && (seen == of_ticket_.end() || seen->second <= last->second);
  const auto at = joins ? last->second : groups_.size();
  if (!joins)
    groups_.push_back({s.rule, s.action, s.trouble, {}});
  groups_[at].events.push_back(s.event);
  events_.insert(s.event);
  of_trouble_[s.trouble] = at;
  of_ticket_[std::string(ticket)] = at;
}

} // namespace cxstream::connectors
