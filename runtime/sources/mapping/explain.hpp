// Why a record became what it became: for `cxstream map try`, and for whoever writes a mapping. Pure.
#pragma once

#include "sources/mapping/record_mapper.hpp"
#include "sources/mapping/rule_value.hpp"

#include <string>
#include <vector>

namespace cxstream::sources {

// One rule that was asked for a field's value.
struct rule_story {
  std::string rule;                  // "path .detail.id", "constant open", "template {.a}-{.b}"
  presence state = presence::absent; // what it gave in the end
  std::string found;                 // what stands in the record, as JSON where it is no single value; or the fault
  std::string lookup;                // that was applied: its name, or "in place"
  bool is_in_lookup = false;
};

struct field_story {
  std::string field;
  std::string value;             // in the event; empty when it has none
  bool is_cleared = false;       // named in `cleared`
  std::vector<rule_story> rules; // in the order they were asked, up to the one that won; none: not in the mapping
};

struct record_story {
  mapped_record outcome;
  std::string raw;                 // where it is not the whole payload
  std::vector<field_story> fields; // in the order of the contract; none where the record is dropped or no record at all
};

// Every field of the contract that a mapping can fill.
std::vector<field_story> explain_fields(const mapping& rules, record& from, const v1::CanonicalEvent& event);

} // namespace cxstream::sources
