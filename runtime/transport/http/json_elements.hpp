// The values of a JSON document, found by streaming over it once. Pure; thread-safe; strict RFC 8259 in UTF-8, any
// depth.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace cxstream::transport {

struct json_document {
  bool is_array = false;
  std::vector<std::string_view> elements; // of the array, as they stand in the text; else the one value
};

// Errors: malformed (with the place), resource_exhausted (more than elements_max).
base::result<json_document> json_elements(std::string_view text, std::size_t elements_max);

// Whether `text` is one JSON value. Errors: malformed.
base::result<void> check_json(std::string_view text);

bool is_json_object(std::string_view text);

} // namespace cxstream::transport
