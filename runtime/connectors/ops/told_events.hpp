// The messages that a call to an operations target makes of its events: which event is told with which. Pure; used
// within one call.
//
// Invariants:
//  1. Events of one message have the same trouble, action, rule and text.
//  2. In the order of the messages, and within them, the events of a ticket keep their order; so do a trouble's
//  triggers
//     and resolves.
#pragma once

#include "connectors/ops/facts.hpp"
#include "model/rule.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

// Something to be told about an event.
struct signal {
  std::size_t event = 0;             // its place in the call
  const model::rule* rule = nullptr; // null: the sink has none
  model::rule_action action = model::rule_action::trigger;
  std::string trouble;
};

struct told_group {
  const model::rule* rule = nullptr;
  model::rule_action action = model::rule_action::trigger;
  std::string trouble;
  std::vector<std::size_t> events;
};

class told_events {
public:
  void add(const signal& s, std::string_view ticket);
  bool has(std::size_t event) const {
    return events_.contains(event);
  }
  const std::vector<told_group>& groups() const {
    return groups_;
  }

private:
  std::vector<told_group> groups_;
  std::set<std::size_t> events_;
  std::map<std::string, std::size_t, std::less<>> of_trouble_; // its last group
  std::map<std::string, std::size_t, std::less<>> of_ticket_;  // the last group that has an event of it
};

} // namespace cxstream::connectors
