// One kept-alive HTTP connection to a vendor's API. Owned by one thread.
//
// Certificates are verified, redirects are not followed, no proxy of the environment is used, the body is read up to
// body_bytes_max, and a call ends within its timeouts or when the stop token says so.
#pragma once

#include "base/result.hpp"
#include "pollers/poll_effect.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

namespace cxstream::pollers {

struct client_settings {
  std::string basic;   // "user:password"; empty: none
  std::string ca_file; // PEM; empty: the system's certificates
  std::string user_agent = "cxstream";
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000}; // of the whole call
};

class poll_client {
public:
  static constexpr std::size_t body_bytes_max = 64u << 20u;

  explicit poll_client(client_settings settings);
  ~poll_client();
  poll_client(const poll_client&) = delete;
  poll_client& operator=(const poll_client&) = delete;

  // Errors: unavailable (no connection, cut off), timeout, resource_exhausted (body too large), cancelled.
  base::result<poll_answer> send(const poll_request& request, const std::stop_token& stop);

private:
  struct handle;
  const client_settings settings_;
  std::unique_ptr<handle> handle_;
};

} // namespace cxstream::pollers
