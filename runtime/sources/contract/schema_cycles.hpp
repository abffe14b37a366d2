// Schemas that lead back to themselves without going on in the payload: checking one would never end. Internal to
// contract.
#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <string>

namespace cxstream::sources {

// The "$ref" on such a way, where there is one. A schema that refers to itself below "properties" or "items" is a plain
// recursive one: each step goes a level down.
std::optional<std::string> circular_reference(const rapidjson::Value& schema);

} // namespace cxstream::sources
