#include "sources/mapping/value_loader.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

const std::vector<std::string> source_keys = {"column", "constant", "template", "lookup"};

std::vector<std::string> with(std::vector<std::string> keys, std::initializer_list<const char*> more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

std::shared_ptr<const lookup_table> read_table(const YAML::Node& node, const std::string& file) {
  if (!node.IsMap())
    fail_at(node, file, "a lookup must be a map of value: value");
  auto table = std::make_shared<lookup_table>();
  for (const auto& entry : node)
    table->insert_or_assign(scalar(entry.first, file, "a looked-up value"),
                            scalar(entry.second, file, "a lookup's result"));
  return table;
}

} // namespace

value_loader::value_loader(const yaml_section& top) : file_(top.file()) {
  if (!top.has("lookups"))
    return;
  if (!top.child("lookups").IsMap())
    top.fail(top.child("lookups"), "lookups must be a map of name: {value: value}");
  for (const auto& entry : top.child("lookups"))
    lookups_[entry.first.Scalar()] = read_table(entry.second, file_);
}

column_slot value_loader::slot(mapping& out, const std::string& column, const YAML::Node& at) {
  const auto found = std::find(out.columns.begin(), out.columns.end(), column);
  if (found != out.columns.end())
    return static_cast<column_slot>(found - out.columns.begin());
  out.columns.push_back(column);
  out.column_lines.push_back(line_of(at));
  return out.columns.size() - 1;
}

void value_loader::add_field(mapping& out, const std::string& name, const YAML::Node& node, bare meaning) {
  const auto field = field_path::find(name);
  if (!field)
    fail_at(node, file_, field.err().message);
  for (const auto& rule : out.fields) {
    if (rule.field.name() == field->name())
      fail_at(node, file_, "'" + field->name() + "' is mapped twice");
  }
  if (name == "version" && node.IsMap() && node["row_order"]) {
    const yaml_section order(node, file_, "version", {"row_order"});
    if (order.flag_or("row_order", false))
      out.order = row_order::version;
    return;
  }
  field_rule rule{*field, {}};
  if (!node.IsSequence())
    rule.alternatives.push_back(read_rule(out, node, meaning, &*field));
  else
    for (const auto& alternative : node)
      rule.alternatives.push_back(read_rule(out, alternative, meaning, &*field));
  if (rule.alternatives.empty())
    fail_at(node, file_, "'" + name + "' has no alternatives");
  out.fields.push_back(std::move(rule));
}

void value_loader::add_tags(mapping& out, const yaml_section& top) {
  if (!top.has("raw_tags"))
    return;
  if (!top.child("raw_tags").IsSequence())
    top.fail(top.child("raw_tags"), "raw_tags must be a list of {prefix: …, column: …}");
  for (const auto& node : top.child("raw_tags")) {
    tag_rule tag;
    if (node.IsMap()) {
      const yaml_section section(node, file_, "a raw tag", with(source_keys, {"prefix", "split"}));
      tag.prefix = section.text_or("prefix", "");
      tag.split = section.text_or("split", "");
      if (section.has("lookup"))
        tag.value.lookup = read_lookup(section.child("lookup"));
      read_source(out, section, tag.value);
    } else {
      tag.value = read_rule(out, node, bare::column, nullptr);
    }
    out.raw_tags.push_back(std::move(tag));
  }
}

void value_loader::add_metrics(mapping& out, const yaml_section& top) {
  if (!top.has("custom_metrics"))
    return;
  if (!top.child("custom_metrics").IsMap())
    top.fail(top.child("custom_metrics"), "custom_metrics must be a map of name: column");
  for (const auto& entry : top.child("custom_metrics"))
    out.custom_metrics.push_back({entry.first.Scalar(), read_rule(out, entry.second, bare::column, nullptr)});
}

value_rule value_loader::read_rule(mapping& out, const YAML::Node& node, bare meaning, const field_path* field) {
  value_rule value;
  if (node.IsScalar() && meaning == bare::constant) {
    value.constant = node.Scalar();
    return value;
  }
  if (node.IsScalar() && meaning == bare::column) {
    value.column = slot(out, node.Scalar(), node);
    return value;
  }
  if (!node.IsMap())
    fail_at(node, file_, "write {column: …}, {constant: …} or {template: \"…\"}");
  const auto is_time = field != nullptr && field->is_time();
  const yaml_section rule(node, file_, field == nullptr ? "a value" : "'" + field->name() + "'",
                          is_time ? with(source_keys, {"format", "zone"}) : source_keys);
  read_source(out, rule, value);
  if (rule.has("lookup"))
    value.lookup = read_lookup(rule.child("lookup"));
  if (is_time) {
    auto time = time_rule::make(rule.text_or("format", "rfc3339"), rule.text_or("zone", "UTC"));
    if (!time)
      rule.fail(time.err().message);
    value.time = *std::move(time);
  }
  return value;
}

void value_loader::read_source(mapping& out, const yaml_section& rule, value_rule& value) {
  const auto given = static_cast<int>(rule.has("column")) + static_cast<int>(rule.has("constant")) +
                     static_cast<int>(rule.has("template"));
  if (given != 1)
    rule.fail("give exactly one of column, constant, template");
  if (rule.has("column"))
    value.column = slot(out, rule.text("column"), rule.child("column"));
  else if (rule.has("constant"))
    value.constant = rule.text("constant");
  else
    value.parts = read_template(out, rule.child("template"));
}

std::vector<template_part> value_loader::read_template(mapping& out, const YAML::Node& node) {
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
      const auto end = text.find('}', i);
      if (end == std::string::npos || end == i + 1)
        fail_at(node, file_, "in a template write {column}, or {{ for a brace");
      flush();
      parts.push_back({slot(out, text.substr(i + 1, end - i - 1), node), {}});
      i = end;
    } else {
      literal.push_back(text[i]);
    }
  }
  flush();
  return parts;
}

std::shared_ptr<const lookup_table> value_loader::read_lookup(const YAML::Node& node) {
  if (!node.IsScalar())
    return read_table(node, file_);
  const auto found = lookups_.find(node.Scalar());
  if (found == lookups_.end())
    fail_at(node, file_, "there is no lookup '" + node.Scalar() + "' under lookups");
  return found->second;
}

} // namespace cxstream::sources
