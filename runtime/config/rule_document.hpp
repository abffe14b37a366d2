// A file of rules as a whole: the rules, and examples of what they should do. Plain values.
#pragma once

#include "model/rule.hpp"

#include <string>
#include <vector>

namespace cxstream::config {

struct expected_signal {
  std::string rule;
  model::rule_action action = model::rule_action::trigger;

  bool operator==(const expected_signal&) const = default;
};

struct rule_example {
  std::string name;
  model::ticket_step step;
  std::vector<expected_signal> expected; // in the order of the rules
  int line = 0;
};

struct rule_document {
  std::string file;
  std::vector<model::rule> rules;
  std::vector<int> lines; // of the rules
  std::vector<rule_example> examples;
};

// What the rules say about a step, in their order. Pure.
std::vector<expected_signal> signals_of(const std::vector<model::rule>& rules, const model::ticket_step& step);

} // namespace cxstream::config
