// A webhook target in the test's own process: it keeps what it took in the order in which it came, with the time, and
// answers 500 for tickets that are poisoned at the moment. Thread-safe.
#pragma once

#include "base/time.hpp"
#include "support/http/http_stand_in.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace cxstream::integration {

struct taken_event {
  std::string ticket_id;
  std::uint64_t sequence = 0;
  bool is_replayed = false;
  base::timestamp received_at; // by the node
  base::timestamp taken_at;
};

class hook_target {
public:
  hook_target();

  std::string url() const {
    return server_.url("/events");
  }
  void poison(std::set<std::string> tickets);
  void heal() {
    poison({});
  }
  // Its memory of what requests looked like, which a long run does not need.
  void forget_requests() {
    server_.forget_requests();
  }
  std::vector<taken_event> taken() const;
  // How often a request with the ticket was answered 500.
  std::map<std::string, std::uint64_t> refusals() const;

private:
  support::scripted_reply answer(const support::got_request& request);

  mutable std::mutex mutex_;
  std::set<std::string> poisoned_;
  std::vector<taken_event> taken_;
  std::map<std::string, std::uint64_t> refusals_;
  support::http_stand_in server_; // last: it calls into the rest
};

} // namespace cxstream::integration
