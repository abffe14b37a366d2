// RapidJSON's writer for the bodies of requests.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

namespace cxstream::pollers {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

inline void text(json_writer& json, std::string_view value) {
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
inline void member(json_writer& json, std::string_view name, std::string_view value) {
  text(json, name);
  text(json, value);
}

} // namespace cxstream::pollers
