// adaptive_concurrency: how many calls of a target may run side by side, learned from how it answers (additive
// increase, multiplicative decrease). Pure; part of delivery_gate.
//
// Invariants:
//  1. limit() is between min and max, and max at first.
//  2. It grows by at most one for each limit() calls that were answered well while all it allows were in use: a limit
//  that
//     is not reached proves nothing.
//  3. It shrinks when the target asks for a pause, fails as a whole, or answers much slower than it used to; for all
//  that
//     was sent before the last time it shrank, only once.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace cxstream::protocols {

class adaptive_concurrency {
public:
  enum class answer : std::uint8_t { good, overloaded, neither };

  // Equal bounds: fixed. Precondition: 1 <= min <= max.
  adaptive_concurrency(std::size_t min, std::size_t max) : min_(min), max_(max), limit_(static_cast<double>(max)) {
  }

  std::size_t limit() const {
    return static_cast<std::size_t>(limit_);
  }
  // A call was answered. `side_by_side`: calls that were in flight with it, itself included.
  void answered(answer what, base::timestamp sent, std::size_t side_by_side, base::timestamp now);

private:
  bool slower_than_usual(base::duration latency);
  void shrink(double factor, base::timestamp now);

  std::size_t min_;
  std::size_t max_;
  double limit_;
  base::timestamp shrunk_at_{};
  double usual_us_ = 0;  // mean latency of the last few hundred good calls
  double recent_us_ = 0; // of the last few
};

} // namespace cxstream::protocols
