// What the contract says of a field in words, as numbers for the JSON Schema. Plain values; the node's own checks are
// runtime/model's, and a test holds the two together.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cxstream::tools {

// All bounds are optional. Lengths are bytes of UTF-8 in the contract; JSON Schema counts characters, so a text of
// other than ASCII letters may pass the schema and still be too long for a node.
struct field_rule {
  std::string_view path; // field of CanonicalEvent, such as "sentiment.score"
  bool required = false;
  std::optional<std::uint32_t> length_max = {};
  std::optional<std::uint32_t> entries_max = {};     // of a list or map
  std::optional<std::uint32_t> name_length_max = {}; // of a map's keys
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
  std::string_view pattern = {};
  std::vector<std::string_view> examples = {};
};

// The rule of a field; an empty one where the contract sets no bound.
const field_rule& rule_of(std::string_view path);

// Every rule, for the check that each names a field that exists.
const std::vector<field_rule>& field_rules();

} // namespace cxstream::tools
