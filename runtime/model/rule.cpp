#include "model/rule.hpp"

#include "model/glob.hpp"
#include "model/revision.hpp"
#include "model/rule_field.hpp"
#include "model/ticket_fold.hpp"
#include "model/vocabulary.hpp"

#include <algorithm>
#include <optional>

namespace cxstream::model {

namespace {

using value = std::optional<std::string>;

bool is_change(test_kind kind) {
  return kind == test_kind::was || kind == test_kind::changed || kind == test_kind::worsened ||
         kind == test_kind::improved;
}

bool fits(const std::string& text, const std::string& word) {
  return word.find('*') == word.npos ? text == word : glob(word).matches(text);
}

bool is_one_of(const value& v, const std::vector<std::string>& words) {
  return v && std::ranges::any_of(words, [&](const std::string& word) { return fits(*v, word); });
}

std::optional<double> rank(const field_test& test, const value& v) {
  return v ? rank_of(test.field, *v) : std::nullopt;
}

// How much worse it is now; none when one of the two has no place in the order.
std::optional<double> worsening(const field_test& test, const value& before, const value& after) {
  const auto was = rank(test, before);
  const auto is = rank(test, after);
  if (!was || !is)
    return std::nullopt;
  return more_is_better(test.field) ? *was - *is : *is - *was;
}

bool holds(const field_test& test, const value& before, const value& after) {
  switch (test.kind) {
    case test_kind::is:
      return is_one_of(after, test.words);
    case test_kind::is_not:
      return !is_one_of(after, test.words);
    case test_kind::at_least:
    case test_kind::at_most: {
      const auto is = rank(test, after);
      const auto bound = rank(test, test.words.front());
      return is && bound && (test.kind == test_kind::at_least ? *is >= *bound : *is <= *bound);
    }
    case test_kind::was:
      return is_one_of(before, test.words);
    case test_kind::changed:
      return before != after;
    case test_kind::worsened:
      return worsening(test, before, after).value_or(0) > 0;
    case test_kind::improved:
      return worsening(test, before, after).value_or(0) < 0;
  }
  return false;
}

bool holds(const field_test& test, const ticket_step& step) {
  if (is_of_event(test.field)) {
    const auto said = text_in(step.event, test.field);
    return holds(test, said, said);
  }
  return holds(test, text_in(step.before, test.field), text_in(step.after, test.field));
}

// All hold of the step; and where they only ask how the ticket is, it was not so before.
bool becomes_true(const std::vector<field_test>& tests, const ticket_step& step) {
  if (tests.empty() || !std::ranges::all_of(tests, [&](const field_test& t) { return holds(t, step); }))
    return false;
  bool asks_state = false;
  bool was_so = true;
  for (const auto& t : tests) {
    if (is_change(t.kind))
      return true;
    if (is_of_event(t.field))
      continue;
    asks_state = true;
    const auto before = text_in(step.before, t.field);
    was_so = was_so && holds(t, before, before);
  }
  return !asks_state || !was_so || step.before.ticket_sequence() == 0;
}

base::error wrong(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

std::optional<vocabulary> vocabulary_of(std::string_view field) {
  if (field == "churn_risk")
    return vocabulary::churn_risk;
  if (field == "sentiment")
    return vocabulary::sentiment;
  if (field == "effort")
    return vocabulary::effort;
  return std::nullopt;
}

} // namespace

ticket_step step_of(v1::TicketState before, v1::CanonicalEvent event) {
  ticket_step out{std::move(before), {}, std::move(event)};
  out.after = out.before;
  const base::log_offset offset{out.event.pipeline().offset()};
  fold_fields(out.after, out.event, revision_of(out.event, offset));
  out.after.set_ticket_id(out.event.ticket_id());
  out.after.set_ticket_sequence(out.event.pipeline().ticket_sequence());
  return out;
}

std::string_view name_of(severity s) {
  switch (s) {
    case severity::info:
      return "info";
    case severity::warning:
      return "warning";
    case severity::error:
      return "error";
    case severity::critical:
      break;
  }
  return "critical";
}

std::string_view name_of(rule_action a) {
  return a == rule_action::trigger ? "trigger" : "resolve";
}

base::result<void> check_test(const field_test& test) {
  if (!is_rule_field(test.field))
    return wrong("there is no field \"" + test.field + "\" to test; known are: " + names_of_rule_fields());
  const bool ordered = test.kind == test_kind::at_least || test.kind == test_kind::at_most ||
                       test.kind == test_kind::worsened || test.kind == test_kind::improved;
  if (ordered && !has_order(test.field))
    return wrong("\"" + test.field + "\" has no order; test it with is, is_not, was or changed");
  if (is_of_event(test.field) && is_change(test.kind))
    return wrong("\"" + test.field + "\" belongs to one event and cannot change; test it with is or is_not");
  for (const auto& word : test.words) {
    if (ordered && !rank_of(test.field, word))
      return wrong("\"" + word + "\" has no place in the order of \"" + test.field + "\"");
    const auto words = vocabulary_of(test.field);
    if (words && word.find('*') == word.npos && !is_canonical_word(*words, word))
      return wrong("\"" + word + "\" is no value of \"" + test.field +
                   "\"; known are: " + std::string(canonical_words(*words)));
  }
  return {};
}

bool triggers(const rule& r, const ticket_step& step) {
  return becomes_true(r.when, step);
}

// What was never told cannot be over: of what `when` asks of the state, something was so before.
bool resolves(const rule& r, const ticket_step& step) {
  const auto was_so = [&](const field_test& t) {
    const auto before = text_in(step.before, t.field);
    return !is_change(t.kind) && !is_of_event(t.field) && holds(t, before, before);
  };
  return becomes_true(r.until, step) && !becomes_true(r.when, step) && std::ranges::any_of(r.when, was_so);
}

} // namespace cxstream::model
