#include "sources/mapping/value_loader.hpp"

#include "sources/xml/xml_source.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

std::string selector_key(file_format format) {
  switch (format) {
    case file_format::csv:
      return "column";
    case file_format::xml:
    case file_format::xes:
      return "xpath";
    default:
      return "path";
  }
}

std::vector<std::string> keys_of(value_loader::use what, const std::string& place) {
  std::vector<std::string> keys = {place, "constant", "template", "trim", "lookup", "lookup_other", "prefix"};
  if (what != value_loader::use::key)
    keys.emplace_back("null");
  if (what == value_loader::use::tag)
    keys.emplace_back("split");
  if (what == value_loader::use::time)
    keys.insert(keys.end(), {"format", "zone", "received"});
  return keys;
}

std::shared_ptr<const lookup_table> read_table(const YAML::Node& node, const std::string& file) {
  if (!node.IsMap())
    fail_at(node, file, "a lookup must be a map of value: value");
  auto table = std::make_shared<lookup_table>();
  for (const auto& entry : node)
    table->add(scalar(entry.first, file, "a looked-up value"),
               entry.second.IsNull() ? std::string() : scalar(entry.second, file, "a lookup's result"));
  return table;
}

// Where the brace that closes an expression is; inside it braces come in pairs, and texts are left alone.
std::size_t closing_brace(const std::string& text, std::size_t from) {
  std::size_t depth = 0;
  char quote = 0;
  for (auto i = from; i < text.size(); ++i) {
    if (quote != 0) {
      i += text[i] == '\\' ? 1 : 0;
      quote = i < text.size() && text[i] == quote ? '\0' : quote;
    } else if (text[i] == '"') {
      quote = text[i];
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && depth-- == 0) {
      return i;
    }
  }
  return std::string::npos;
}

} // namespace

value_loader::value_loader(const yaml_section& top, mapping& out)
    : out_(out), file_(top.file()), selector_key_(selector_key(out.format)), trim_(top.flag_or("trim", false)) {
  if (!top.has("lookups"))
    return;
  if (!top.child("lookups").IsMap())
    top.fail(top.child("lookups"), "lookups must be a map of name: {value: value}");
  for (const auto& entry : top.child("lookups"))
    lookups_[entry.first.Scalar()] = read_table(entry.second, file_);
}

selector_slot value_loader::slot(const std::string& text, const YAML::Node& at) {
  const auto found = std::find_if(out_.selectors.begin(), out_.selectors.end(),
                                  [&](const selector& known) { return known.text == text; });
  if (found != out_.selectors.end())
    return static_cast<selector_slot>(found - out_.selectors.begin());
  if (text.empty())
    fail_at(at, file_, "a " + selector_key_ + " must not be empty");
  if (selector_key_ == "xpath") {
    if (const auto checked = check_xpath(text, xpath_gives::anything); !checked)
      fail_at(at, file_, "not an XPath: " + checked.err().message);
  }
  out_.selectors.push_back({text, line_of(at)});
  return out_.selectors.size() - 1;
}

void value_loader::add_field(const std::string& name, const YAML::Node& node, bare meaning) {
  const auto field = field_path::find(name);
  if (!field)
    fail_at(node, file_, field.err().message);
  for (const auto& rule : out_.fields) {
    if (rule.field.name() == field->name())
      fail_at(node, file_, "'" + field->name() + "' is mapped twice");
  }
  if (name == "version" && node.IsMap() && node["row_order"]) {
    const yaml_section order(node, file_, "version", {"row_order"});
    if (order.flag_or("row_order", false))
      out_.order = row_order::version;
    return;
  }
  field_rule rule{*field, read_rules(node, meaning, field->is_time() ? use::time : use::text, field->name())};
  for (const auto& alternative : rule.alternatives) {
    if (alternative.null == null_means::clears && field->cleared_name().empty())
      fail_at(node, file_, "'" + field->name() + "' cannot be cleared; remove 'null: clears'");
  }
  out_.fields.push_back(std::move(rule));
}

void value_loader::add_tags(const yaml_section& top) {
  if (!top.has("raw_tags"))
    return;
  if (!top.child("raw_tags").IsSequence())
    top.fail(top.child("raw_tags"), "raw_tags must be a list of {prefix: …, " + selector_key_ + ": …}");
  for (const auto& node : top.child("raw_tags"))
    out_.raw_tags.push_back(read_rule(node, bare::selector, use::tag, "a raw tag"));
}

void value_loader::add_metrics(const yaml_section& top) {
  if (!top.has("custom_metrics"))
    return;
  if (!top.child("custom_metrics").IsMap())
    top.fail(top.child("custom_metrics"), "custom_metrics must be a map of name: " + selector_key_);
  for (const auto& entry : top.child("custom_metrics")) {
    const auto name = entry.first.Scalar();
    out_.custom_metrics.push_back({name, read_rules(entry.second, bare::selector, use::metric, name)});
  }
}

void value_loader::add_drops(const yaml_section& top) {
  if (!top.has("drop"))
    return;
  if (!top.child("drop").IsSequence())
    top.fail(top.child("drop"), "drop must be a list of {when: …, reason: …}");
  for (const auto& node : top.child("drop"))
    out_.drops.push_back(read_drop(yaml_section(node, file_, "a drop rule", {"when", "reason"})));
}

drop_rule value_loader::read_drop(const yaml_section& drop) {
  drop_rule rule;
  rule.reason = drop.text("reason");
  if (rule.reason.empty())
    drop.fail(drop.child("reason"), "a drop rule needs a reason that people understand");
  if (out_.format == file_format::csv) {
    if (!drop.has("when") || !drop.child("when").IsMap())
      drop.fail("write when: {column: …, in: [...]} or {column: …, not_in: [...]}");
    const yaml_section when(drop.child("when"), file_, "when", {"column", "in", "not_in"});
    if (when.has("in") == when.has("not_in"))
      when.fail("give exactly one of in, not_in");
    rule.slot = slot(when.text("column"), when.child("column"));
    rule.is_one_of = when.has("in");
    for (auto& text : when.texts(rule.is_one_of ? "in" : "not_in"))
      rule.texts.insert(std::move(text));
    return rule;
  }
  const auto when = drop.text("when");
  rule.slot = slot(selector_key_ == "xpath" ? "boolean(" + when + ")" : when, drop.child("when"));
  return rule;
}

void value_loader::add_key(const yaml_section& top) {
  if (!top.has("idempotency_key"))
    return;
  const auto node = top.child("idempotency_key");
  const auto list = selector_key_ + "s";
  if (!node.IsMap() || !node[list]) {
    out_.key_rules = read_rules(node, bare::refused, use::key, "idempotency_key");
    for (const auto& rule : out_.key_rules)
      if (rule.constant)
        top.fail(node, "an idempotency_key cannot be a constant: every event needs another one");
    return;
  }
  const yaml_section key(node, file_, "idempotency_key", {list});
  for (const auto& text : key.texts(list))
    out_.key_slots.push_back(slot(text, key.child(list)));
  if (out_.key_slots.empty())
    key.fail("idempotency_key needs '" + list + "', what together names an event");
}

std::vector<value_rule> value_loader::read_rules(const YAML::Node& node, bare meaning, use what,
                                                 const std::string& name) {
  std::vector<value_rule> rules;
  if (!node.IsSequence())
    rules.push_back(read_rule(node, meaning, what, name));
  else
    for (const auto& alternative : node)
      rules.push_back(read_rule(alternative, meaning, what, name));
  if (rules.empty())
    fail_at(node, file_, "'" + name + "' has no alternatives");
  return rules;
}

value_rule value_loader::read_rule(const YAML::Node& node, bare meaning, use what, const std::string& name) {
  value_rule value;
  value.trim = trim_;
  if (node.IsScalar() && meaning == bare::constant) {
    value.constant = node.Scalar();
    return value;
  }
  if (node.IsScalar() && meaning == bare::selector) {
    value.slot = slot(node.Scalar(), node);
    return value;
  }
  if (!node.IsMap())
    fail_at(node, file_, "write {" + selector_key_ + ": …}, {constant: …} or {template: \"…\"}");
  const yaml_section rule(node, file_, "'" + name + "'", keys_of(what, selector_key_));
  read_place(rule, value);
  value.trim = rule.flag_or("trim", trim_);
  value.prefix = rule.text_or("prefix", "");
  value.split = what == use::tag ? rule.text_or("split", "") : "";
  read_lookup(rule, value);
  if (what == use::time)
    read_times(rule, value);
  if (rule.has("null")) {
    if (rule.text("null") != "clears")
      rule.fail(rule.child("null"), "null can only be 'clears': a null then empties the field");
    value.null = null_means::clears;
  }
  return value;
}

void value_loader::read_place(const yaml_section& rule, value_rule& value) {
  value.is_received = rule.flag_or("received", false);
  const auto given = static_cast<int>(rule.has(selector_key_)) + static_cast<int>(rule.has("constant")) +
                     static_cast<int>(rule.has("template")) + static_cast<int>(value.is_received);
  if (given != 1)
    rule.fail("give exactly one of " + selector_key_ + ", constant, template");
  if (value.is_received)
    return;
  if (rule.has(selector_key_))
    value.slot = slot(rule.text(selector_key_), rule.child(selector_key_));
  else if (rule.has("constant"))
    value.constant = rule.text("constant");
  else
    value.parts = read_template(rule.child("template"));
}

void value_loader::read_lookup(const yaml_section& rule, value_rule& value) {
  if (rule.has("lookup_other")) {
    if (rule.text("lookup_other") != "drop_value" || !rule.has("lookup"))
      rule.fail(rule.child("lookup_other"), "lookup_other can only be 'drop_value', and goes with a lookup");
    value.other = lookup_other::drops;
  }
  if (!rule.has("lookup"))
    return;
  const auto node = rule.child("lookup");
  if (!node.IsScalar()) {
    value.lookup = read_table(node, file_);
    return;
  }
  const auto found = lookups_.find(node.Scalar());
  if (found == lookups_.end())
    fail_at(node, file_, "there is no lookup '" + node.Scalar() + "' under lookups");
  value.lookup = found->second;
  value.lookup_name = node.Scalar();
}

void value_loader::read_times(const yaml_section& rule, value_rule& value) {
  const auto zone = rule.text_or("zone", "UTC");
  std::vector<std::string> formats = {"rfc3339"};
  if (rule.has("format"))
    formats = rule.child("format").IsSequence() ? rule.texts("format") : std::vector{rule.text("format")};
  if (formats.empty())
    rule.fail(rule.child("format"), "format is an empty list");
  for (const auto& format : formats) {
    auto time = time_rule::make(format, zone);
    if (!time)
      rule.fail(time.err().message);
    value.times.push_back(*std::move(time));
  }
}

std::vector<template_part> value_loader::read_template(const YAML::Node& node) {
  const auto text = scalar(node, file_, "a template");
  std::vector<template_part> parts;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty())
      parts.push_back({std::nullopt, std::move(literal)});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if ((text[i] == '{' || text[i] == '}') && doubled) {
      literal.push_back(text[i++]); // {{ and }} stand for the braces themselves
    } else if (text[i] == '{') {
      const auto end = closing_brace(text, i + 1);
      if (end == std::string::npos || end == i + 1)
        fail_at(node, file_, "in a template write {" + selector_key_ + "}, or {{ for a brace");
      flush();
      parts.push_back({slot(text.substr(i + 1, end - i - 1), node), {}});
      i = end;
    } else {
      literal.push_back(text[i]);
    }
  }
  flush();
  return parts;
}

} // namespace cxstream::sources
