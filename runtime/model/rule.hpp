// Rules: when an event of a ticket is worth telling people, and when what was told is over. A rule looks at the ticket
// before and after the event, so "worsened" and "recovered" can be said. Pure; plain values; immutable once made.
//
// Invariants:
//  1. What a rule decides depends on the two states and the event alone (promise P9). An event that is late, and
//  changes
//     nothing newer, triggers nothing: the states are equal.
//  2. A rule that asks only how things are triggers when they become so, not again with every event while they stay so.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::model {

// A ticket around one of its events.
struct ticket_step {
  v1::TicketState before;
  v1::TicketState after; // `before`, with the event folded into it
  v1::CanonicalEvent event;
};
// Folds the event into the state before it.
ticket_step step_of(v1::TicketState before, v1::CanonicalEvent event);

enum class test_kind : std::uint8_t {
  is,       // one of the words
  is_not,   // none of the words, or absent
  at_least, // in the order of the field's words, or of numbers
  at_most,
  was,      // one of the words, before the event
  changed,  // another value than before, or none
  worsened, // a step or more towards unhappy, leaving, laborious, urgent
  improved, // the other way
};

struct field_test {
  std::string field; // of rule_fields(), or custom_metrics.NAME
  test_kind kind = test_kind::is;
  std::vector<std::string> words; // is, is_not, was; at_least and at_most: one
};

enum class severity : std::uint8_t { info, warning, error, critical };
std::string_view name_of(severity s);

struct rule {
  std::string name;
  std::vector<field_test> when;  // all must hold
  std::vector<field_test> until; // all must hold for the end; none: it has no end of its own
  model::severity severity = model::severity::warning;
  std::string key;     // template of what names the trouble to a pager; empty: the rule and the ticket
  std::string message; // template; empty: the sink's
};

enum class rule_action : std::uint8_t { trigger, resolve };
std::string_view name_of(rule_action a);

// Whether a field can be tested so: its name, whether its words are known and have an order. Errors: invalid_argument.
base::result<void> check_test(const field_test& test);

// What the rule says about a step: never both. For an end, `when` must ask something of the ticket's state.
bool triggers(const rule& r, const ticket_step& step);
bool resolves(const rule& r, const ticket_step& step);

} // namespace cxstream::model
