// What a mapping file says: which column of a file is which field of the canonical event. Plain values; load.hpp reads
// it from YAML, mapper.hpp applies it.
#pragma once

#include "sources/csv/csv_reader.hpp"
#include "sources/mapping/field_path.hpp"
#include "sources/mapping/time_text.hpp"

#include <map>
#include <memory>
#include <set>

namespace cxstream::sources {

enum class file_format { csv, ndjson, canonical };

// What rows of a file mean that are equal in every cell.
enum class identical_rows {
  duplicates, // the same event, written twice
  distinct,   // events of their own
};

// Where an event's version comes from when no column has it.
enum class row_order {
  unused,
  version, // the row's place among the rows of its ticket in the file: 1, 2, 3 …
};

using lookup_table = std::map<std::string, std::string, std::less<>>;
using column_slot = std::size_t; // place in mapping::columns

// A piece of a template: a column's value, or text.
struct template_part {
  std::optional<column_slot> column;
  std::string text;
};

// Where a value comes from: a column, a constant, or a template (absent when one of its columns is absent).
struct value_rule {
  std::optional<column_slot> column;
  std::optional<std::string> constant;
  std::vector<template_part> parts;
  std::shared_ptr<const lookup_table> lookup; // texts that are not in it stay as they are
  std::optional<time_rule> time;              // fields that are times
};

// The first rule that gives a value wins.
struct field_rule {
  field_path field;
  std::vector<value_rule> alternatives;
};

struct tag_rule {
  std::string prefix;
  value_rule value;
  std::string split; // the cell is a list with this between its members; empty: it is one tag
};

struct metric_rule {
  std::string name;
  value_rule value;
};

struct mapping {
  file_format format = file_format::canonical;
  csv_options csv;
  std::set<std::string, std::less<>> empty; // texts that mean absent; the empty text always does
  std::vector<std::string> columns;         // every column that is used
  std::vector<int> column_lines;            // line of the mapping file that names each first
  std::vector<field_rule> fields;
  std::vector<tag_rule> raw_tags;
  std::vector<metric_rule> custom_metrics;
  std::vector<column_slot> key_columns; // what names an event; empty: everything does, see event_key.hpp
  identical_rows identical = identical_rows::duplicates;
  row_order order = row_order::unused;
  std::string file;        // for messages
  std::string fingerprint; // changes when the file does
};

} // namespace cxstream::sources
