// A clock that a test turns by hand.
#pragma once

#include "ports/clock.hpp"

namespace cxstream::support {

class turned_clock final : public ports::clock {
public:
  base::timestamp now() const override {
    return time;
  }
  base::timestamp time = base::from_us(1'767'323'045'000'000); // 2026-01-02T03:04:05Z
};

} // namespace cxstream::support
