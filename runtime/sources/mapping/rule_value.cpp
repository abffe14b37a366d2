#include "sources/mapping/rule_value.hpp"

namespace cxstream::sources {

namespace {

constexpr rule_value absent{};
constexpr rule_value null{presence::null, {}, false};

rule_value value_of(std::string_view text) {
  return {presence::value, text, false};
}

rule_value failure(std::string_view why) {
  return {presence::failed, why, false};
}

// As jq has it: everything but null and false.
bool is_truth(const cell& found) {
  switch (found.kind) {
    case cell_kind::absent:
    case cell_kind::null:
      return false;
    case cell_kind::boolean:
      return found.text == "true";
    case cell_kind::several:
      return found.size > 0 && is_truth(*found.first);
    default:
      return true;
  }
}

} // namespace

rule_value rule_evaluator::single_of(const cell& found) {
  switch (found.kind) {
    case cell_kind::absent:
      return absent;
    case cell_kind::null:
      return null;
    case cell_kind::failed:
      return failure(found.text);
    case cell_kind::list:
      return failure("there is an array where one value is needed; choose one of it, such as with [0]");
    case cell_kind::object:
      return failure("there is an object where one value is needed; name the member");
    case cell_kind::several: {
      const cell* only = nullptr;
      for (const auto& item : found.items()) {
        if (item.kind == cell_kind::null)
          continue;
        if (only != nullptr) {
          why_ = "there are " + std::to_string(found.size) + " values where one is needed; choose one of them";
          return failure(why_);
        }
        only = &item;
      }
      return only == nullptr ? null : single_of(*only);
    }
    default:
      return {presence::value, found.text, found.kind == cell_kind::boolean};
  }
}

rule_value rule_evaluator::built(const value_rule& rule) {
  template_.clear();
  auto outcome = value_of({});
  for (const auto& part : rule.parts) {
    if (!part.slot) {
      template_ += part.text;
      continue;
    }
    auto value = single_of(from_.at(*part.slot));
    if (value.state == presence::value && (value.text.empty() || rules_.empty.contains(value.text)))
      value = null;
    if (value.state == presence::failed || value.state == presence::absent)
      return value;
    if (value.state == presence::null)
      outcome = null;
    template_ += value.text;
  }
  outcome.text = outcome.state == presence::value ? std::string_view(template_) : std::string_view();
  return outcome;
}

rule_value rule_evaluator::raw(const value_rule& rule) {
  if (rule.is_received)
    return value_of("now"); // the mapper knows the time
  if (rule.slot)
    return single_of(from_.at(*rule.slot));
  return rule.constant ? value_of(*rule.constant) : built(rule);
}

// From what is written to what the event says: trim, empty, lookup, prefix.
rule_value rule_evaluator::refined(const value_rule& rule, rule_value value) {
  if (value.state != presence::value)
    return value;
  const auto is_empty = [this](std::string_view text) { return text.empty() || rules_.empty.contains(text); };
  if (rule.trim)
    value.text = model::trimmed(value.text);
  if (!rule.constant && is_empty(value.text))
    return null;
  if (rule.lookup) {
    if (const auto* found = rule.lookup->find(value.text)) {
      if (is_empty(*found))
        return null;
      value = value_of(*found);
    } else if (rule.other == lookup_other::drops) {
      return absent;
    }
  }
  if (!rule.prefix.empty()) {
    prefixed_ = rule.prefix;
    prefixed_ += value.text;
    value = value_of(prefixed_);
  }
  return value;
}

rule_value rule_evaluator::single(const value_rule& rule) {
  return refined(rule, raw(rule));
}

rule_value rule_evaluator::list(const value_rule& rule, std::vector<std::string>& out) {
  if (rule.slot)
    return spread(rule, from_.at(*rule.slot), out);
  const auto value = raw(rule);
  return value.state == presence::value ? split(rule, value.text, out) : value;
}

rule_value rule_evaluator::spread(const value_rule& rule, const cell& found, std::vector<std::string>& out) {
  if (found.kind != cell_kind::list && found.kind != cell_kind::several) {
    const auto value = single_of(found);
    return value.state == presence::value ? split(rule, value.text, out) : value;
  }
  auto outcome = null; // also of a list that is empty
  for (const auto& item : found.items()) {
    const auto value = spread(rule, item, out);
    if (value.state == presence::failed)
      return value;
    if (value.state == presence::value)
      outcome = value;
  }
  return outcome;
}

rule_value rule_evaluator::split(const value_rule& rule, std::string_view text, std::vector<std::string>& out) {
  auto outcome = null;
  const auto add = [&](std::string_view piece) {
    const auto value = refined(rule, value_of(rule.split.empty() ? piece : model::trimmed(piece)));
    if (value.state == presence::value) {
      out.emplace_back(value.text);
      outcome = value_of({});
    } else if (value.state == presence::absent && outcome.state == presence::null) {
      outcome = absent;
    }
  };
  if (!rule.split.empty()) {
    for (auto at = text.find(rule.split); at != std::string_view::npos; at = text.find(rule.split)) {
      add(text.substr(0, at));
      text.remove_prefix(at + rule.split.size());
    }
  }
  add(text);
  return outcome;
}

rule_value rule_evaluator::holds(const drop_rule& rule) {
  const auto found = from_.at(rule.slot);
  if (found.kind == cell_kind::failed)
    return failure(found.text);
  const auto holds =
      rules_.format == file_format::csv ? rule.texts.contains(found.text) == rule.is_one_of : is_truth(found);
  return holds ? value_of(rule.reason) : absent;
}

} // namespace cxstream::sources
