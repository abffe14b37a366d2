// One HTTP call, as a connector says it and as it ended. Plain values; no thread owns them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::connectors {

using http_headers = std::vector<std::pair<std::string, std::string>>; // name and value

struct http_request {
  std::string method = "POST";
  std::string url; // http or https, everything in it percent-encoded
  http_headers headers;
  std::string body;
};

enum class call_end : std::uint8_t {
  answered,      // there is a status
  not_connected, // refused, no such host, TLS, time over before the connection stood
  forbidden,     // the address is one that the sink may not call (address_guard.hpp)
  not_sent,      // the request itself cannot be sent: no URL, a line break in a header
  timed_out,     // connected, but no answer in time
  broken,        // the connection ended without a whole answer
};

struct http_answer {
  call_end end = call_end::answered;
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  std::string body;      // the first part of it, any bytes
  std::string error;     // when not answered: why
  http_headers headers;  // names in lower case
  bool body_cut = false; // the body was longer than what is kept

  // Of the last header of that name (in lower case); empty when there is none.
  std::string_view header(std::string_view name) const {
    for (auto it = headers.rbegin(); it != headers.rend(); ++it)
      if (it->first == name)
        return it->second;
    return {};
  }
};

} // namespace cxstream::connectors
