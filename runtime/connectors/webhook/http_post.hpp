// One kept-alive HTTP connection to a webhook's URL. Owned by one thread.
//
// Redirects are not followed, certificates are verified, the answer's body is read up to body_bytes_max, and a call
// ends within the timeouts.
#pragma once

#include "base/result.hpp"
#include "connectors/webhook/answer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

struct http_settings {
  std::string url; // http or https
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000}; // of the whole call
  std::string ca_file;                       // PEM; the system's certificates when empty
};

// Whether a URL can be posted to. Errors: invalid_argument.
base::result<void> check_url(const std::string& url);

class http_post {
public:
  static constexpr std::size_t body_bytes_max = 64u << 10u;

  explicit http_post(http_settings settings);
  ~http_post();
  http_post(const http_post&) = delete;
  http_post& operator=(const http_post&) = delete;

  // `headers`: "name: value" each.
  http_answer send(std::string_view body, const std::vector<std::string>& headers);

private:
  struct handle;
  http_settings settings_;
  std::unique_ptr<handle> handle_;
};

} // namespace cxstream::connectors
