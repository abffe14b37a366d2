// What a JSON Schema uses, found before it is compiled: keywords that this node cannot check, patterns that cannot be
// read, and what makes checking dear. Internal to contract.
#pragma once

#include "base/result.hpp"

#include <rapidjson/document.h>

#include <array>
#include <string>
#include <string_view>

namespace cxstream::sources {

// What is in them is data, no schema.
constexpr std::array<std::string_view, 4> data_keywords{"enum", "const", "default", "examples"};

struct schema_use {
  bool patterns = false;
  bool unique_items = false;
};

// Takes "format" out: it is a remark unless a validator says otherwise, and valijson's refuses null where a date is
// named. Errors: invalid_argument.
base::result<schema_use> look_through(rapidjson::Value& schema);

} // namespace cxstream::sources
