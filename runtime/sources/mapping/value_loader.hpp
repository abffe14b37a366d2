// Reads the value rules of a mapping file: {column: X}, {constant: v}, {template: "{a}/{b}"}, with a lookup and, for
// times, a format and a zone. Private to the mapping loader; errors are mapping_error.
#pragma once

#include "sources/mapping/mapping.hpp"
#include "sources/mapping/yaml_section.hpp"

namespace cxstream::sources {

class value_loader {
public:
  // What a bare text means where a rule is expected.
  enum class bare { refused, constant, column };

  explicit value_loader(const yaml_section& top);

  void add_field(mapping& out, const std::string& name, const YAML::Node& node, bare meaning);
  void add_tags(mapping& out, const yaml_section& top);
  void add_metrics(mapping& out, const yaml_section& top);

  // The slot of a column, made when it is new.
  column_slot slot(mapping& out, const std::string& column, const YAML::Node& at);

private:
  value_rule read_rule(mapping& out, const YAML::Node& node, bare meaning, const field_path* field);
  void read_source(mapping& out, const yaml_section& rule, value_rule& value);
  std::vector<template_part> read_template(mapping& out, const YAML::Node& node);
  std::shared_ptr<const lookup_table> read_lookup(const YAML::Node& node);

  std::string file_;
  std::map<std::string, std::shared_ptr<const lookup_table>> lookups_;
};

} // namespace cxstream::sources
