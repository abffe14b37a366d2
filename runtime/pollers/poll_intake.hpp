// poll_intake: hands a page's events and refused records to the node and waits until all of them are durable. Used by
// one thread.
#pragma once

#include "base/result.hpp"
#include "ports/waiting_intake.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace cxstream::pollers {

struct taken_page {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::vector<v1::RejectReason> rejected; // of events; they are dead letters now
};

class poll_intake {
public:
  poll_intake(ports::ingest_gate& gate, const std::string& source,
              std::chrono::milliseconds patience = std::chrono::seconds{60});
  // Errors: unavailable, timeout, cancelled: what was not answered is to be submitted again.
  base::result<taken_page> take(std::vector<std::string> events, std::vector<v1::DeadLetter> refused,
                                const std::stop_token& stop);

private:
  ports::waiting_intake intake_;
};

} // namespace cxstream::pollers
