// How long to wait before something is tried again. Pure: the random number is an argument.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace cxstream::protocols {

struct backoff_policy {
  base::duration initial{std::chrono::milliseconds{500}};
  base::duration max{std::chrono::minutes{5}};
  double factor = 2.0; // growth from one attempt to the next, at least 1
  double jitter = 0.2; // share of the wait that is drawn at random, 0 … 1
};

struct retry_policy {
  backoff_policy backoff;
  std::uint32_t attempts_max = 12; // then it becomes a dead letter
};

// The wait after `attempts` failed attempts (1 for the first): initial * factor^(attempts - 1), at most max, of which
// the share `jitter` is scaled by `random01` in [0, 1]; never shorter than what the target asked for in `retry_after`,
// even where that is longer than max.
base::duration next_backoff(const backoff_policy& policy, std::uint32_t attempts,
                            std::optional<base::duration> retry_after, double random01);

} // namespace cxstream::protocols
