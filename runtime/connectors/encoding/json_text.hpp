// RapidJSON writing to the end of a std::string.
#pragma once

#include <rapidjson/writer.h>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// RapidJSON's output stream concept over a string.
class string_output {
public:
  using Ch = char;
  explicit string_output(std::string& out) : out_(out) {
  }
  void Put(char c) {
    out_.push_back(c);
  }
  void Flush() {
  }

private:
  std::string& out_;
};

using json_writer = rapidjson::Writer<string_output>;

inline void key(json_writer& json, std::string_view name) {
  json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
inline void text(json_writer& json, std::string_view value) {
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

} // namespace cxstream::connectors
