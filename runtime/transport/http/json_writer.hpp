// RapidJSON's writer for std::string_view, as the endpoints write their answers. Bytes that are no UTF-8 are replaced
// by U+FFFD, because a record at fault may hold anything and the answer must still be JSON.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

namespace cxstream::transport {

using json_text = rapidjson::StringBuffer;
using json_writer = rapidjson::Writer<json_text>;

// `text`, or a copy in `repaired` where it is not valid UTF-8.
std::string_view valid_utf8(std::string_view text, std::string& repaired);

inline void key(json_writer& json, std::string_view name) {
  json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
inline void string(json_writer& json, std::string_view value) {
  std::string repaired;
  const auto valid = valid_utf8(value, repaired);
  json.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}
inline std::string taken(const json_text& text) {
  return {text.GetString(), text.GetSize()};
}

} // namespace cxstream::transport
