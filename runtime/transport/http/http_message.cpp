#include "transport/http/http_message.hpp"

#include "transport/http/json_writer.hpp"

#include <algorithm>

namespace cxstream::transport {

http_response http_error(int status, std::string_view code, std::string_view message) {
  json_text text;
  json_writer json(text);
  json.StartObject();
  key(json, "error");
  json.StartObject();
  key(json, "code");
  string(json, code);
  key(json, "message");
  string(json, message);
  json.EndObject();
  json.EndObject();
  return {status, taken(text)};
}

http_response http_error_later(int status, std::string_view code, std::string_view message,
                               std::chrono::microseconds retry_after) {
  auto response = http_error(status, code, message);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
  response.headers.push_back({"Retry-After", std::to_string(std::clamp<long>(seconds, 1, 59))});
  return response;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find_first_of("?#"));
}

} // namespace cxstream::transport
