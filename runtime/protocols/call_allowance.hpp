// call_allowance: what a target may be called by agreement: so many requests a second, and so many a day. Pure; part of
// delivery_gate.
//
// Invariants:
//  1. Between two resets at most calls_per_day requests are made, but for the last call that went over it; what is set
//  aside
//     of them is only for calls that are not in the background.
//  2. A day begins at reset_hour UTC. A clock that steps back begins none.
#pragma once

#include "base/time.hpp"
#include "protocols/rate_limit.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace cxstream::protocols {

struct allowance_policy {
  double requests_per_second = 0; // 0: no limit
  double burst = 0;
  std::uint64_t calls_per_day = 0; // 0: no limit
  std::chrono::hours reset_hour{0};
};

// How much of the budget is spent, of the day that began at `since`.
struct budget_account {
  base::timestamp since{};
  std::uint64_t spent = 0;

  bool operator==(const budget_account&) const = default;
};

class call_allowance {
public:
  call_allowance(const allowance_policy& policy, const budget_account& spent) : policy_(policy), budget_(spent) {
  }

  // When the next call may be made; `now` or earlier: at once.
  base::timestamp next_call(base::timestamp now);
  // Whether the rate or the budget is what next_call() waits for.
  bool budget_is_spent(base::timestamp now) const;
  // Whether a call of so many requests may be made in the background.
  bool leaves_enough(std::uint64_t requests) const;
  // Precondition: next_call(now) was asked.
  void spend(std::uint64_t requests, base::timestamp now);

  // Requests of the day that now runs.
  std::uint64_t spent(base::timestamp now) const {
    return day_of(now) <= budget_.since ? budget_.spent : 0;
  }
  const budget_account& budget() const {
    return budget_;
  }
  // When the day that now runs ends.
  base::timestamp resets_at(base::timestamp now) const;

private:
  base::timestamp day_of(base::timestamp now) const;
  void begin_day(base::timestamp now);

  allowance_policy policy_;
  budget_account budget_;
  std::optional<rate_limit> rate_; // made at the first call, full
};

} // namespace cxstream::protocols
