// A webhook receiver for trying a node out: it takes deliveries, and fails now and then as real ones do. Decisions come
// from the seed, not from the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

namespace cxstream::cli {

struct receiver_options {
  std::uint16_t port = 0; // on 127.0.0.1; 0: the kernel picks one
  std::uint64_t seed = 1;
  double fail_rate = 0;     // share of requests answered 500 or 503
  double throttle_rate = 0; // share of requests answered 429 with Retry-After: 1
  double slow_rate = 0;     // share of requests that wait for `slow` first
  std::chrono::milliseconds slow{0};
  std::set<std::string> poison_tickets;   // always answered 500
  std::set<std::string> poison_permanent; // always answered 400
  std::string secret;                     // Standard Webhooks secrets; empty: signatures are not looked at
  std::string log_file;                   // one JSON line for each event taken; empty: none
};

// Serves until SIGTERM or SIGINT. The first line on standard output is "listening on 127.0.0.1:<port>". GET /stats
// answers the counts as JSON. Returns the exit code; call it before other threads are started, it blocks both signals.
int run_receiver(const receiver_options& options);

} // namespace cxstream::cli
