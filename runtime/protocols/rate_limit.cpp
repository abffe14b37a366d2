#include "protocols/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::protocols {
namespace {

constexpr double us_per_s = 1e6;
constexpr double rounding = 1e-9;         // so that who waited as long as was said is let through
constexpr double longest_wait_us = 3.6e9; // an hour; who owes more is asked to come again then

} // namespace

void rate_limit::bucket::earn(double seconds) {
  level = std::min(burst, level + rate * seconds);
}

base::duration rate_limit::bucket::until_one() const {
  const double needed = std::min(1.0, burst) - level;
  if (rate <= 0 || needed <= rounding)
    return base::duration::zero();
  return base::duration{
      static_cast<base::duration::rep>(std::ceil(std::min(needed / rate * us_per_s, longest_wait_us)))};
}

rate_limit::rate_limit(const rate_policy& policy, base::timestamp now) : at_(now) {
  events_ = {policy.events_per_s, std::max(policy.events_burst, policy.events_per_s), 0};
  bytes_ = {policy.bytes_per_s, std::max(policy.bytes_burst, policy.bytes_per_s), 0};
  events_.level = events_.burst;
  bytes_.level = bytes_.burst;
}

void rate_limit::earn(base::timestamp now) {
  if (now > at_) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    events_.earn(seconds);
    bytes_.earn(seconds);
  }
  at_ = now;
}

base::duration rate_limit::wait(base::timestamp now) {
  earn(now);
  return std::max(events_.until_one(), bytes_.until_one());
}

void rate_limit::spend(base::timestamp now, std::uint64_t events, std::uint64_t bytes) {
  earn(now);
  if (events_.rate > 0)
    events_.level -= static_cast<double>(events);
  if (bytes_.rate > 0)
    bytes_.level -= static_cast<double>(bytes);
}

} // namespace cxstream::protocols
