// An answer as the bytes of HTTP/1.1, by Boost.Beast. Pure; thread-safe.
#pragma once

#include "transport/http/http_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::transport {

enum class after_answer : std::uint8_t { keep_open, close };

// `date` as RFC 9110 wants it.
std::string response_text(const http_response& response, after_answer then, std::string_view date);

// "HTTP/1.1 100 Continue".
std::string continue_text();

} // namespace cxstream::transport
