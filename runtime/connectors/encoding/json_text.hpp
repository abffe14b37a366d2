// How connectors write JSON: RapidJSON into a buffer that keeps its memory.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

namespace cxstream::connectors {

using json_buffer = rapidjson::StringBuffer;
using json_writer = rapidjson::Writer<json_buffer>;

inline void key(json_writer& json, std::string_view name) {
  json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
inline void text(json_writer& json, std::string_view value) {
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
inline std::string_view view(const json_buffer& buffer) {
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace cxstream::connectors
