// A taxonomy file as a whole: the rules that an event goes by, and what the file says about them: the patterns in its
// order, and examples of what should come out. Plain values.
#pragma once

#include "model/taxonomy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cxstream::config {

struct tag_pattern {
  std::string pattern; // as written
  std::string canonical_tag;
  int line = 0;
};

struct declared_tag {
  std::string name;
  int line = 0;
};

// What an example expects of a field: a text, or that the field stays empty.
struct expected_text {
  std::optional<std::string> text;
};

struct taxonomy_example {
  std::vector<std::string> raw_tags;
  std::optional<expected_text> canonical_tag; // absent: not looked at
  std::optional<expected_text> driver;        // absent: not looked at
  int line = 0;
};

struct taxonomy_document {
  std::string file;
  model::taxonomy rules;
  std::vector<declared_tag> tags;    // canonical tags
  std::vector<tag_pattern> patterns; // raw tags and patterns, without the canonical tags themselves
  std::vector<taxonomy_example> examples;
};

} // namespace cxstream::config
