// Reads the value rules of a mapping file: {path: …} (column, xpath: as the format has it), {constant: v},
// {template: "{a}/{b}"}, with what is made of the value. Private to the mapping loader; errors are mapping_error.
#pragma once

#include "sources/mapping/mapping.hpp"
#include "sources/mapping/yaml_section.hpp"

namespace cxstream::sources {

class value_loader {
public:
  // What a bare text means where a rule is expected.
  enum class bare { refused, constant, selector };
  // What a rule is for, which decides what may stand in it.
  enum class use { text, time, tag, metric, key };

  // `out.format` must be set.
  value_loader(const yaml_section& top, mapping& out);

  void add_field(const std::string& name, const YAML::Node& node, bare meaning);
  void add_tags(const yaml_section& top);
  void add_metrics(const yaml_section& top);
  void add_drops(const yaml_section& top);
  void add_key(const yaml_section& top);

  // The slot of a selector, made when it is new.
  selector_slot slot(const std::string& text, const YAML::Node& at);

private:
  std::vector<value_rule> read_rules(const YAML::Node& node, bare meaning, use what, const std::string& name);
  value_rule read_rule(const YAML::Node& node, bare meaning, use what, const std::string& name);
  void read_place(const yaml_section& rule, value_rule& value);
  void read_times(const yaml_section& rule, value_rule& value);
  void read_lookup(const yaml_section& rule, value_rule& value);
  std::vector<template_part> read_template(const YAML::Node& node);
  drop_rule read_drop(const yaml_section& drop);

  mapping& out_;
  std::string file_;
  std::string selector_key_; // column, path or xpath
  bool trim_ = false;
  std::map<std::string, std::shared_ptr<const lookup_table>> lookups_;
};

} // namespace cxstream::sources
