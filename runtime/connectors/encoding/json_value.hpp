// A value of a canonical event as JSON: times as RFC 3339, lists as arrays, metrics as an object sorted by name. Pure.
#pragma once

#include "connectors/encoding/json_text.hpp"
#include "model/projection.hpp"

#include <string>

namespace cxstream::connectors {

// An absent value is written as null.
void write_value(json_writer& json, const model::field_value& value);
std::string json_of(const model::field_value& value);

} // namespace cxstream::connectors
