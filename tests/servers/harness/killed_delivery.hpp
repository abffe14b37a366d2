// kill -9 in the middle of deliveries, with what was acknowledged kept outside the target.
#pragma once

#include "ports/target.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace cxstream::servers {

struct kill_plan {
  std::size_t batch = 50;          // events of one delivery
  std::size_t batches_a_life = 30; // at most so many are acknowledged before the kill (and those until it arrives)
  int kills_max = 12;
  unsigned seed = 7;
};

// Delivers events, in order, from child processes that are killed again and again; each goes on where the last one's
// acknowledgements ended, or a little before, as a node does that lost its own memory of some deliveries. `make` is
// called in the child; `after_kill` here, with the number of events acknowledged so far. Returns how many were killed.
int deliver_with_kills(
    const std::function<std::unique_ptr<ports::target>()>& make, std::span<const ports::delivery> events,
    const kill_plan& plan, const std::function<void(std::size_t acknowledged)>& after_kill = [](std::size_t) {});

} // namespace cxstream::servers
