// Kept-alive HTTP connections to targets, by libcurl. Owned by one thread; calls block.
//
// Invariants:
//  1. A connection is made only to an address that the guard permits, judged when it is made.
//  2. Redirects are not followed; certificates are verified; proxies of the environment are not used.
//  3. A call ends within `timeout`; of the answer's body no more than answer_bytes_max is kept or waited for.
#pragma once

#include "base/result.hpp"
#include "connectors/http/address_guard.hpp"
#include "connectors/http/http_call.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace cxstream::connectors {

struct http_settings {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000}; // of the whole call
  std::string ca_file;                       // PEM; the system's certificates when empty
  std::string client_certificate;            // PEM file that shows who cxstream is; empty: none
  std::string client_key;                    // PEM file of its key
  std::string proxy;                         // URL; empty: none. The guard then judges only addresses in URLs
  address_guard guard;
  std::size_t answer_bytes_max = 64u << 10u;
};

// Whether a URL can be called. Errors: invalid_argument; the message does not repeat the URL's query or user.
base::result<void> check_url(const std::string& url);
// The host in a URL, as it is written there, without brackets; empty when there is none.
std::string host_of(const std::string& url);

class http_client {
public:
  explicit http_client(http_settings settings);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  // Sends User-Agent: cxstream unless the request has one.
  http_answer send(const http_request& request);

private:
  struct handle;

  http_settings settings_;
  std::unique_ptr<handle> handle_;
};

} // namespace cxstream::connectors
