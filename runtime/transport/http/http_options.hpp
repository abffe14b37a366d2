// How the HTTP server listens, and what it bears. Plain values.
#pragma once

#include "transport/tls_files.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cxstream::transport {

struct http_limits {
  std::size_t head_bytes_max = 16u << 10u;
  std::size_t connections_max = 20'000;
  std::uint64_t in_flight_bytes_max = 256u << 20u; // bodies received and not yet answered, over all connections
  std::chrono::milliseconds head_max{10'000};      // from a head's first byte to its last; also for a TLS handshake
  // A body has this long, and longer by the time its bytes take at body_bytes_per_s_min: who is slower is cut off.
  std::chrono::milliseconds body_max{30'000};
  std::uint64_t body_bytes_per_s_min = 16u << 10u;
  std::chrono::milliseconds idle_max{60'000};   // between requests
  std::chrono::milliseconds answer_max{30'000}; // for the handler
  std::chrono::milliseconds write_max{30'000};  // for the client to take an answer
  std::chrono::milliseconds linger_max{2'000};  // reading on after a refusal, so that the client sees it
  std::chrono::milliseconds cool_after{2'000};  // an idle connection lets its buffers and its guest go
};

struct http_options {
  std::string listen = "127.0.0.1:7480"; // port 0: the kernel picks one
  std::optional<tls_files> tls;
  unsigned threads = 2;
  http_limits limits;
};

} // namespace cxstream::transport
