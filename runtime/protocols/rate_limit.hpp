// rate_limit: a token bucket for events and one for bytes, spent together. Pure; owned by one thread or lock.
//
// Invariants:
//  1. Over any span of time t at most burst + rate * t goes through, plus what the last spending went below zero: the
//  size of a payload is known only when it was read, so it may run into debt, and the next one waits for it.
//  2. A clock that steps back earns nothing and loses nothing.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace cxstream::protocols {

// A rate of 0: no limit. A burst below one second's worth counts as that.
struct rate_policy {
  double events_per_s = 0;
  double events_burst = 0;
  double bytes_per_s = 0;
  double bytes_burst = 0;
};

class rate_limit {
public:
  // Starts with both buckets full.
  rate_limit(const rate_policy& policy, base::timestamp now);

  // Zero: something may go through now. Else how long until then.
  base::duration wait(base::timestamp now);
  void spend(base::timestamp now, std::uint64_t events, std::uint64_t bytes);

private:
  struct bucket {
    double rate = 0;
    double burst = 0;
    double level = 0;

    void earn(double seconds);
    base::duration until_one() const;
  };
  void earn(base::timestamp now);

  bucket events_;
  bucket bytes_;
  base::timestamp at_;
};

} // namespace cxstream::protocols
