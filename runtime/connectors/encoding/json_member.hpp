// What a JSON object that somebody answered with holds.
#pragma once

#include <rapidjson/document.h>

#include <string_view>

namespace cxstream::connectors {

// The text of a member; empty when there is none, or it is no text. As long as the object.
inline std::string_view text_at(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString())
    return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

} // namespace cxstream::connectors
