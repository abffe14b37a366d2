// What a poller asks its runner to do, and what it is told. Plain values.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace cxstream::pollers {

struct poll_request {
  std::string method = "GET";
  std::string url;
  std::map<std::string, std::string> headers;
  std::string body;
};

struct poll_answer {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  std::string body;
};

// Ask the vendor; then answered() or failed().
struct fetch_page {
  poll_request request;
};
// Make all that the last answer says durable; then durable() or failed().
struct submit_page {};
// Make the cursor durable; then stored() or failed().
struct store_cursor {
  std::string bytes;
};
// Do nothing for so long; then woken(). A span and not a time, so that a clock that steps does not matter.
struct wait_for {
  base::duration time;
};

using poll_effect = std::variant<fetch_page, submit_page, store_cursor, wait_for>;

} // namespace cxstream::pollers
