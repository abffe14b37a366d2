#include "transport/intake_budget.hpp"

namespace cxstream::transport {

void intake_budget::take(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  held_ += bytes;
}

void intake_budget::give(std::uint64_t bytes) {
  std::vector<std::weak_ptr<budget_waiter>> woken;
  {
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
    if (held_ < bytes_max_)
      woken.swap(waiting_);
  }
  for (const auto& weak : woken)
    if (const auto waiter = weak.lock())
      waiter->wake();
}

bool intake_budget::open() const {
  const std::lock_guard lock(mutex_);
  return held_ < bytes_max_;
}

bool intake_budget::open_or_wait(const std::weak_ptr<budget_waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  if (held_ < bytes_max_)
    return true;
  waiting_.push_back(waiter);
  return false;
}

} // namespace cxstream::transport
