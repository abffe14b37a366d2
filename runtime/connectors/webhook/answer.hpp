// What a webhook target answered, and what that means for the event. Pure.
#pragma once

#include "ports/target.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace cxstream::connectors {

enum class call_end : std::uint8_t {
  answered,      // there is a status
  not_connected, // refused, no such host, TLS, time over before the connection stood
  timed_out,     // connected, but no answer in time
  broken,        // the connection ended without an answer
};

struct http_answer {
  call_end end = call_end::answered;
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  std::string body;  // the first part of it, any bytes
  std::string error; // when not answered: why
};

// delivered: 2xx. unreachable: not connected. throttled: 425, 429, and 503 with Retry-After. transient: 408, other 5xx,
// time over, broken connection. permanent: every other status, redirects among them.
ports::delivery_outcome outcome_of(const http_answer& answer);

} // namespace cxstream::connectors
