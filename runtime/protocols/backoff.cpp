#include "protocols/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::protocols {

base::duration next_backoff(const backoff_policy& policy, std::uint32_t attempts,
                            std::optional<base::duration> retry_after, double random01) {
  const auto longest = static_cast<double>(policy.max.count());
  const auto exponent = static_cast<double>(attempts > 0 ? attempts - 1 : 0);
  // pow() may reach infinity; min() brings it back.
  const auto full = std::min(longest, static_cast<double>(policy.initial.count()) * std::pow(policy.factor, exponent));
  const auto drawn = std::clamp(policy.jitter, 0.0, 1.0) * (1.0 - std::clamp(random01, 0.0, 1.0));
  const auto wait = base::duration{static_cast<base::duration::rep>(full * (1.0 - drawn))};
  return std::max({wait, retry_after.value_or(base::duration::zero()), base::duration::zero()});
}

} // namespace cxstream::protocols
