// Tries the examples that a mapping carries. Events are compared in canonical form, field by field; idempotency_key
// counts only where the example names it, mapping_version never.
#pragma once

#include "sources/mapping/payload_mapper.hpp"

#include <filesystem>

namespace cxstream::sources {

// One field that is not as expected; texts as in JSON, empty for "not there".
struct example_difference {
  std::size_t event = 0; // place in the list, from 0
  std::string field;     // empty: the whole event is one too many, or missing
  std::string expected;
  std::string actual;
};

struct example_outcome {
  std::string name;
  int line = 0;
  std::optional<std::string> skipped; // why it could not be tried: its input file is not there
  std::vector<example_difference> differences;
  std::vector<std::string> faults; // what else is wrong: refused, dropped, or not
  bool has_passed() const {
    return !skipped && differences.empty() && faults.empty();
  }
};

// `folder`: where input files are seen from. `now` is the time at which the payload comes.
example_outcome check_example(const payload_mapper& mapper, const mapping_example& example,
                              const std::filesystem::path& folder, base::timestamp now);

} // namespace cxstream::sources
