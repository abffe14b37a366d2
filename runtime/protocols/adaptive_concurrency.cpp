#include "protocols/adaptive_concurrency.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

constexpr double usual_weight = 1.0 / 300;
constexpr double recent_weight = 1.0 / 10;
constexpr double slow_factor = 2.0;
constexpr double after_overload = 0.5;
constexpr double after_slowness = 0.8;

} // namespace

// Compares with itself only: what is slow for one target is fast for another.
bool adaptive_concurrency::slower_than_usual(base::duration latency) {
  const auto us = static_cast<double>(latency.count());
  if (usual_us_ <= 0) {
    usual_us_ = recent_us_ = us;
    return false;
  }
  usual_us_ += (us - usual_us_) * usual_weight;
  recent_us_ += (us - recent_us_) * recent_weight;
  return recent_us_ > slow_factor * usual_us_;
}

void adaptive_concurrency::shrink(double factor, base::timestamp now) {
  limit_ = std::max(static_cast<double>(min_), limit_ * factor);
  shrunk_at_ = now;
}

void adaptive_concurrency::answered(answer what, base::timestamp sent, std::size_t side_by_side, base::timestamp now) {
  if (min_ >= max_ || what == answer::neither)
    return;
  const bool news = sent >= shrunk_at_;
  if (what == answer::overloaded) {
    if (news)
      shrink(after_overload, now);
    return;
  }
  const bool slow = slower_than_usual(now - sent);
  if (slow && news)
    shrink(after_slowness, now);
  else if (!slow && side_by_side >= limit())
    limit_ = std::min(static_cast<double>(max_), limit_ + 1.0 / limit_);
}

} // namespace cxstream::protocols
