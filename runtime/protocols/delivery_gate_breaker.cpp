#include "protocols/delivery_gate_breaker.hpp"

#include <algorithm>
#include <functional>

namespace cxstream::protocols {

namespace {
constexpr std::size_t failing_tickets_max = 4'096; // beyond it every failure counts as a new one
constexpr std::size_t failing_tickets_to_open = 3;
} // namespace

using ports::breaker_state;

void circuit_breaker::evidence::good() {
  good_ = true;
  unreachable_ = false;
  new_failure_ = false;
  ++owner_.good_outcomes_;
  owner_.failures_ = 0;
  owner_.unreachable_ = 0;
  owner_.throttles_ = 0;
  owner_.failing_.clear();
}

void circuit_breaker::evidence::failed(std::string_view ticket) {
  ++owner_.failures_;
  const auto hash = std::hash<std::string_view>{}(ticket);
  if (owner_.failing_.size() >= failing_tickets_max)
    new_failure_ |= !owner_.failing_.contains(hash);
  else
    new_failure_ |= owner_.failing_.insert(hash).second;
}

void circuit_breaker::evidence::unreachable() {
  unreachable_ = true;
}

void circuit_breaker::evidence::throttled(std::optional<base::duration> retry_after) {
  throttled_ = true;
  if (retry_after)
    retry_after_ = std::max(*retry_after, retry_after_.value_or(*retry_after));
}

void circuit_breaker::conclude(const evidence& found, bool was_probe, base::timestamp now, double random01) {
  if (found.throttled_) {
    const auto wait = found.retry_after_.value_or(next_backoff(pause(), ++throttles_, std::nullopt, random01));
    throttled_until_ = std::max(throttled_until_, now + wait);
  }
  if (found.good_) {
    state_ = breaker_state::closed;
    opened_ = 0;
  }
  if (found.unreachable_)
    ++unreachable_;
  if (state_ == breaker_state::closed) {
    const bool down = found.unreachable_ && unreachable_ >= policy_.unreachable_to_open;
    const bool failing = failures_ >= policy_.failures_to_open && failing_.size() >= failing_tickets_to_open;
    if (down || failing) {
      opened_ = 1;
      open(now, random01);
    }
  } else if (was_probe) {
    if (found.unreachable_ || found.new_failure_)
      ++opened_;
    open(now, random01);
  }
}

void circuit_breaker::open(base::timestamp now, double random01) {
  state_ = breaker_state::open;
  open_until_ = now + next_backoff(pause(), opened_, std::nullopt, random01);
}

bool circuit_breaker::may_call(base::timestamp now) const {
  const auto at = opens_at();
  return at && *at <= now;
}

bool circuit_breaker::call_made() {
  if (state_ != breaker_state::open)
    return false;
  state_ = breaker_state::half_open;
  return true;
}

std::optional<base::timestamp> circuit_breaker::opens_at() const {
  switch (state_) {
    case breaker_state::closed:
      return throttled_until_;
    case breaker_state::open:
      return std::max(open_until_, throttled_until_);
    case breaker_state::half_open:
      break;
  }
  return std::nullopt;
}

} // namespace cxstream::protocols
