// Time, as an argument. Production passes the system clock; tests pass one they turn by hand.
#pragma once

#include "base/time.hpp"

namespace cxstream::ports {

class clock {
public:
  virtual ~clock() = default;
  // Wall-clock time, UTC. Thread-safe. May step; durations of seconds and above only.
  virtual base::timestamp now() const = 0;
};

class system_clock final : public clock {
public:
  base::timestamp now() const override {
    return std::chrono::time_point_cast<base::duration>(std::chrono::system_clock::now());
  }
};

} // namespace cxstream::ports
