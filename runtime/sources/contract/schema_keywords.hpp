// What a JSON Schema uses, found before it is compiled: keywords that this node cannot check, patterns that cannot be
// read, and what makes checking dear. Internal to contract.
#pragma once

#include "base/result.hpp"

#include <rapidjson/document.h>

#include <string>

namespace cxstream::sources {

struct schema_use {
  bool patterns = false;
  bool unique_items = false;
};

// Takes "format" out: it is a remark unless a validator says otherwise, and valijson's refuses null where a date is
// named. Errors: invalid_argument.
base::result<schema_use> look_through(rapidjson::Value& schema);

} // namespace cxstream::sources
