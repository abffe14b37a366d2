#include "protocols/payload_volume.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::protocols {

namespace {

constexpr std::int64_t hour_us = 3'600'000'000;
constexpr std::int64_t silence_us_max = 600'000'000;
constexpr double weight_of_a_day = 0.3;
constexpr std::uint32_t days_min = 3;
constexpr double payloads_min = 20;

} // namespace

payload_volume::payload_volume(const v1::SchemaVolume& kept)
    : hour_(kept.watched_us() == 0 ? -1 : kept.hour()), payloads_(kept.payloads()), whole_(kept.whole()),
      watched_us_(kept.watched_us()), state_(kept.state()) {
  for (int i = 0; i < std::min<int>(kept.hours_size(), static_cast<int>(usual_.size())); ++i)
    usual_[static_cast<std::size_t>(i)] = {kept.hours(i).mean(), kept.hours(i).days()};
}

v1::SchemaVolume payload_volume::state() const {
  v1::SchemaVolume out;
  out.set_hour(hour_);
  out.set_payloads(payloads_);
  out.set_whole(whole_);
  out.set_watched_us(watched_us_);
  out.set_state(state_);
  for (const auto& hour : usual_) {
    auto& kept = *out.add_hours();
    kept.set_mean(hour.mean);
    kept.set_days(hour.days);
  }
  return out;
}

std::optional<volume_change> payload_volume::watch(base::timestamp now) {
  const auto us = base::to_us(now);
  if (us < watched_us_) // a clock that was set back
    return {};
  const auto hour = us / hour_us;
  const bool kept_watch = hour_ >= 0 && us - watched_us_ <= silence_us_max;
  watched_us_ = us;
  std::optional<volume_change> out;
  if (hour == hour_) {
    whole_ = whole_ && kept_watch;
    return out;
  }
  if (kept_watch && whole_)
    out = judge();
  hour_ = hour;
  payloads_ = 0;
  whole_ = kept_watch;
  return out;
}

std::optional<volume_change> payload_volume::judge() {
  auto& expected = usual_[static_cast<std::size_t>(hour_ % 24)];
  const auto count = static_cast<double>(payloads_);
  const auto mean = expected.mean;
  const bool known = expected.days >= days_min && mean >= payloads_min;
  expected.mean = expected.days == 0 ? count : mean + weight_of_a_day * (count - mean);
  ++expected.days;
  if (!known)
    return {};
  auto now = v1::DRIFT_KIND_UNSPECIFIED;
  if (count <= mean / 2)
    now = v1::DRIFT_VOLUME_DROP;
  else if (count >= mean * 2)
    now = v1::DRIFT_VOLUME_DOUBLE;
  else if (count < mean * 0.75 || count > mean * 1.5)
    now = state_; // not near enough to call it over
  if (now == state_)
    return {};
  state_ = now;
  if (now == v1::DRIFT_KIND_UNSPECIFIED)
    return {};
  return volume_change{now, std::to_string(payloads_) + " payloads in the hour from " + std::to_string(hour_ % 24) +
                                ":00 UTC; about " + std::to_string(std::llround(mean)) + " are usual"};
}

} // namespace cxstream::protocols
