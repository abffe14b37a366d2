// One HTTP request and one answer, as plain values, and the JSON form of an error that every door of the server shares.
#pragma once

#include "ports/payload.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::transport {

struct http_request {
  std::string method;                           // as sent: "POST"
  std::string captured;                         // what stood in the place of the route's {…}; not decoded
  ports::payload payload;                       // target, headers, body (inflated), peer, certificate
  std::optional<std::uint64_t> body_bytes = {}; // as the head says; nothing where it does not
};

struct http_response {
  int status = 200;
  std::string body;
  std::vector<ports::header> headers{}; // besides Content-Type, Content-Length, Date and Connection
  std::string content_type = "application/json";
};

// {"error": {"code": …, "message": …}}. `code` is a word for programs, `message` says what is wrong and what to do.
http_response http_error(int status, std::string_view code, std::string_view message);

// The same with Retry-After, in whole seconds from 1 to 59: vendors try again only when it is below a minute
// (Zendesk). Any bytes are allowed in the texts.
http_response http_error_later(int status, std::string_view code, std::string_view message,
                               std::chrono::microseconds retry_after);

// The path of a request's target, without its query.
std::string_view path_of(std::string_view target);

} // namespace cxstream::transport
