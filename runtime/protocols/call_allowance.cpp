#include "protocols/call_allowance.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

constexpr std::chrono::hours day{24};
constexpr std::uint64_t set_aside_share = 5; // a fifth

} // namespace

base::timestamp call_allowance::day_of(base::timestamp now) const {
  const auto shifted = now.time_since_epoch() - policy_.reset_hour;
  return base::timestamp{std::chrono::floor<std::chrono::days>(shifted)} + policy_.reset_hour;
}

base::timestamp call_allowance::resets_at(base::timestamp now) const {
  return std::max(budget_.since, day_of(now)) + day;
}

void call_allowance::begin_day(base::timestamp now) {
  if (const auto today = day_of(now); today > budget_.since)
    budget_ = {today, 0};
}

bool call_allowance::budget_is_spent(base::timestamp now) const {
  return policy_.calls_per_day > 0 && spent(now) >= policy_.calls_per_day;
}

base::timestamp call_allowance::next_call(base::timestamp now) {
  if (policy_.calls_per_day > 0)
    begin_day(now);
  if (budget_is_spent(now))
    return resets_at(now);
  if (policy_.requests_per_second <= 0)
    return now;
  if (!rate_)
    rate_.emplace(rate_policy{policy_.requests_per_second, policy_.burst, 0, 0}, now);
  return now + rate_->wait(now);
}

bool call_allowance::leaves_enough(std::uint64_t requests) const {
  const auto all = policy_.calls_per_day;
  return all == 0 || budget_.spent + requests + all / set_aside_share <= all;
}

void call_allowance::spend(std::uint64_t requests, base::timestamp now) {
  if (policy_.calls_per_day > 0)
    budget_.spent += requests;
  if (rate_)
    rate_->spend(now, requests, 0);
}

} // namespace cxstream::protocols
