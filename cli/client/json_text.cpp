#include "client/json_text.hpp"

#include "google/protobuf/util/json_util.h"

#include <date/date.h>

#include <cstdio>

namespace cxstream::client {

std::string to_json(const google::protobuf::Message& message, json_layout layout) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = layout == json_layout::indented;
  std::string out;
  const auto status = google::protobuf::util::MessageToJsonString(message, &out, options);
  return status.ok() ? out : "{\"error\":\"" + status.message().ToString() + "\"}";
}

void print_json(const google::protobuf::Message& message, json_layout layout) {
  auto text = to_json(message, layout);
  if (!text.ends_with('\n'))
    text.push_back('\n');
  std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string time_text(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0)
    return "-";
  return time_text_us(time.seconds() * 1'000'000 + time.nanos() / 1'000);
}

std::string time_text_us(std::int64_t us_since_1970) {
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(us_since_1970)};
  return date::format("%F %T", std::chrono::floor<std::chrono::milliseconds>(at));
}

} // namespace cxstream::client
