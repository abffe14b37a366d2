// The past of tickets, read from a node's histories. Thread-safe: the targets of all sinks share one.
//
// Invariants:
//  1. The answer is the fold of exactly the events before the one asked for: what is remembered of a ticket is only
//  used
//     where it is older, and the events between are read.
//  2. At most tickets_max tickets are remembered; a call ends within its patience.
#pragma once

#include "ports/services.hpp"
#include "ports/ticket_past.hpp"

#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace cxstream::connectors {

struct past_limits {
  std::size_t tickets_max = 10'000;
  std::chrono::milliseconds patience{2'000}; // of one page
};

class history_past final : public ports::ticket_past {
public:
  explicit history_past(past_limits limits = {}) : limits_(limits) {
  }
  // Where histories are read; until then, and after detach(), before() is unavailable. The service outlives detach().
  void attach(ports::query_service& node);
  void detach();

  base::result<v1::TicketState> before(const std::string& ticket_id, base::ticket_sequence sequence) override;

private:
  struct known {
    std::string ticket_id;
    v1::TicketState state;
  };

  v1::TicketState recall(const std::string& ticket_id, std::uint64_t before_sequence);
  void remember(const v1::TicketState& state);
  base::result<v1::GetTicketHistoryResponse> read(const std::string& ticket_id, std::uint64_t from,
                                                  std::uint64_t count);

  const past_limits limits_;
  std::mutex mutex_;
  ports::query_service* node_ = nullptr;
  std::list<known> recent_; // the last used first
  std::unordered_map<std::string, std::list<known>::iterator> tickets_;
};

} // namespace cxstream::connectors
