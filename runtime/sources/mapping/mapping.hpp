// What a mapping file says: where each field of the canonical event is in what a source sends. Plain values; load.hpp
// reads it from YAML, record_mapper.hpp and payload_mapper.hpp apply it. docs/mapping.md is the language.
#pragma once

#include "sources/csv/csv_reader.hpp"
#include "sources/json/json_source.hpp"
#include "sources/mapping/example.hpp"
#include "sources/mapping/field_path.hpp"
#include "sources/mapping/lookup.hpp"
#include "sources/mapping/time_text.hpp"
#include "sources/record.hpp"

#include <map>
#include <memory>
#include <set>

namespace cxstream::sources {

enum class file_format { csv, ndjson, json, xml, xes, canonical };

// What records of a file mean that are equal in everything.
enum class identical_rows {
  duplicates, // the same event, written twice
  distinct,   // events of their own
};

// Where an event's version comes from when no selector has it.
enum class row_order {
  unused,
  version, // the record's place among the records of its ticket in the file: 1, 2, 3 …
};

// Where a value is, in the words of the format: a column, a jq expression, an XPath.
struct selector {
  std::string text;
  int line = 0; // of the mapping file that names it first
};

// A piece of a template: what a selector finds, or text.
struct template_part {
  std::optional<selector_slot> slot;
  std::string text;
};

enum class null_means { nothing, clears };
enum class lookup_other { stays, drops };

// Where a value comes from: a selector, a constant, a template, or the clock; and what is made of it, in the order of
// the members.
struct value_rule {
  std::optional<selector_slot> slot;
  std::optional<std::string> constant;
  std::vector<template_part> parts;
  bool is_received = false; // a time: when the payload came
  bool trim = false;
  std::string split;                          // of tags: the text is a list with this between its members
  std::shared_ptr<const lookup_table> lookup; // may be null
  std::string lookup_name;                    // for people; empty for a table written in place
  lookup_other other = lookup_other::stays;   // what becomes of a text that the lookup does not have
  std::string prefix;
  std::vector<time_rule> times; // fields that are times: tried in this order
  null_means null = null_means::nothing;
};

// The first rule that gives a value wins.
struct field_rule {
  field_path field;
  std::vector<value_rule> alternatives;
};

struct metric_rule {
  std::string name;
  std::vector<value_rule> alternatives;
};

// When a record is left out on purpose.
struct drop_rule {
  selector_slot slot = 0;
  std::set<std::string, std::less<>> texts; // csv: the column's values that it is about
  bool is_one_of = true;                    // csv: holds for these values, or for all others
  std::string reason;
};

struct mapping {
  std::string name;
  std::uint64_t version = 1;
  std::string about;
  file_format format = file_format::canonical;
  std::string encoding; // of files, where no byte order mark tells; empty: UTF-8
  csv_options csv;
  std::set<std::string, std::less<>> empty; // texts that mean null; the empty text always does
  std::vector<selector> selectors;          // every one that is used
  std::optional<selector_slot> each;        // what splits a payload into records
  std::vector<drop_rule> drops;
  std::vector<field_rule> fields;
  std::vector<value_rule> raw_tags;
  std::vector<metric_rule> custom_metrics;
  std::vector<selector_slot> key_slots; // what together names an event
  std::vector<value_rule> key_rules;    // or the key itself; with neither see event_key.hpp
  identical_rows identical = identical_rows::duplicates;
  row_order order = row_order::unused;
  std::shared_ptr<const json_selectors> json; // of `selectors`, for json and ndjson
  std::vector<mapping_example> examples;
  std::string file;        // for messages
  std::string fingerprint; // changes when the file does

  // "zendesk_events@1", as events name it; empty for canonical events.
  std::string label() const {
    return format == file_format::canonical ? std::string() : name + "@" + std::to_string(version);
  }
  // The source_system that all its events have; nothing where records say it.
  std::optional<std::string> fixed_source_system() const {
    for (const auto& rule : fields)
      if (rule.field.name() == "source_system" && rule.alternatives.front().constant)
        return *rule.alternatives.front().constant;
    return std::nullopt;
  }
  std::vector<std::string> selector_texts() const {
    std::vector<std::string> texts;
    for (const auto& one : selectors)
      texts.push_back(one.text);
    return texts;
  }
};

} // namespace cxstream::sources
