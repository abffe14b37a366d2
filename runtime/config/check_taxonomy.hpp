// Judges a taxonomy by its own file: runs the examples, and looks for what is allowed but hardly meant. Pure.
#pragma once

#include "config/taxonomy_document.hpp"

#include <string>
#include <vector>

namespace cxstream::config {

// A field of an example that does not come out as expected.
struct example_difference {
  const taxonomy_example* example; // of the document
  std::string field;               // "tag" or "driver"
  std::string expected;            // empty: nothing
  std::string actual;              // empty: nothing
};

// In the order of the file.
std::vector<example_difference> run_examples(const taxonomy_document& document);

enum class lint_kind {
  never_matches,  // a pattern all of whose tags go to another pattern
  without_driver, // a canonical tag that the file gives no driver of its own
  unused,         // a canonical tag that no raw tag leads to but itself
};

struct lint {
  lint_kind kind;
  int line;            // of the file; 0 when it is about no line
  std::string subject; // the pattern or canonical tag
  std::string message; // what is so and what to do
};

// In the order of the file.
std::vector<lint> lint_taxonomy(const taxonomy_document& document);
std::string_view to_text(lint_kind kind);

} // namespace cxstream::config
