// Coalescing of bursts: what has been said about a trouble is not said again within a window; what comes meanwhile is
// held and then said in one message. Pure: time is an argument. Owned by one target.
//
// Invariants:
//  1. The first of a burst is said at once; nothing is held longer than one window.
//  2. Memory: at most troubles_max troubles; the one that was said longest ago is forgotten first, and may then be said
//     early once.
//  3. Nothing is decided here about events: who holds one has it still, and accounts for it when it is said.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace cxstream::protocols {

struct burst_policy {
  std::chrono::milliseconds window{0}; // 0: nothing is ever held
  std::size_t troubles_max = 10'000;
};

class burst_window {
public:
  explicit burst_window(const burst_policy& policy) : policy_(policy) {
  }

  // Until when nothing is to be said about it; none: say it now.
  std::optional<base::timestamp> held_until(const std::string& trouble, base::timestamp now) const;
  void said(const std::string& trouble, base::timestamp now);

  std::size_t troubles() const {
    return said_at_.size();
  }

private:
  void forget_some(base::timestamp now);

  burst_policy policy_;
  std::unordered_map<std::string, base::timestamp> said_at_;
};

} // namespace cxstream::protocols
