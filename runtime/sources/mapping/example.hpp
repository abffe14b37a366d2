// An example that a mapping carries: an input, and what it must become. Plain values; example_check.hpp tries them.
#pragma once

#include "base/time.hpp"
#include "ports/payload.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cxstream::sources {

struct mapping_example {
  std::string name;
  int line = 0;                               // of the mapping file
  std::string input;                          // the payload's bytes
  std::string input_file;                     // or where they are, seen from the mapping file
  std::vector<ports::header> headers;         // of the request
  std::optional<base::timestamp> received_at; // when it came; else the time of the test
  // What it must become; exactly one of the three is given.
  std::optional<std::vector<std::string>> expect; // canonical events, serialized
  std::optional<std::string> dropped;             // the reason
  std::optional<std::string> rejected;            // the field path
};

} // namespace cxstream::sources
