// A load that is delivered until it is taken, and a delivering process that is killed in the middle of it.
#pragma once

#include "ports/target.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace cxstream::servers {

// As a sink does: the same events again until they are delivered. False when the time (90 s) is over.
bool deliver_until_taken(ports::target& target, std::span<const ports::delivery> events);

struct kill_plan {
  std::size_t batch = 50;
  int kills_max = 12;
  unsigned seed = 7;
};

// Delivers events, in order, from child processes that are killed again and again; each goes on where the last one's
// acknowledgements ended, or a little before, as a node does that lost its own memory of some deliveries. Returns how
// many were killed. `make` is called in the child.
int deliver_with_kills(const std::function<std::unique_ptr<ports::target>()>& make,
                       std::span<const ports::delivery> events, kill_plan plan);

} // namespace cxstream::servers
