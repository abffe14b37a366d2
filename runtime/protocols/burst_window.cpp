#include "protocols/burst_window.hpp"

#include <algorithm>

namespace cxstream::protocols {

std::optional<base::timestamp> burst_window::held_until(const std::string& trouble, base::timestamp now) const {
  const auto found = said_at_.find(trouble);
  if (found == said_at_.end())
    return std::nullopt;
  const auto until = found->second + policy_.window;
  // A clock that was set back must not hold anything for longer than a window.
  if (until <= now || found->second > now)
    return std::nullopt;
  return until;
}

void burst_window::said(const std::string& trouble, base::timestamp now) {
  if (policy_.window.count() == 0)
    return;
  said_at_[trouble] = now;
  if (said_at_.size() > policy_.troubles_max)
    forget_some(now);
}

// Those whose window is over, and where that is not enough the oldest.
void burst_window::forget_some(base::timestamp now) {
  std::erase_if(said_at_, [&](const auto& each) { return each.second + policy_.window <= now; });
  while (said_at_.size() > policy_.troubles_max)
    said_at_.erase(std::ranges::min_element(said_at_, {}, [](const auto& each) { return each.second; }));
}

} // namespace cxstream::protocols
