#include "protocols/sla/sla_book.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

constexpr std::int64_t spans_an_hour = std::chrono::hours{1} / sla_book::span;

std::int64_t span_of(base::timestamp t) {
  return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<300>>>(t.time_since_epoch()).count();
}

std::int64_t hour_of_span(std::int64_t number) {
  return number / spans_an_hour;
}

} // namespace

sla_counts& sla_counts::operator+=(const sla_counts& other) {
  kept += other.kept;
  slow += other.slow;
  dead += other.dead;
  unmeasured += other.unmeasured;
  return *this;
}

bool sla_book::is_measured(base::timestamp occurred, base::timestamp received) const {
  if (received < since_ || received < moved_)
    return false;
  return promise_.from == sla_from::received || received - occurred <= promise_.within;
}

void sla_book::delivered(base::timestamp occurred, base::timestamp received, base::timestamp now) {
  auto& counts = at(now);
  if (!is_measured(occurred, received)) {
    ++counts.unmeasured;
    return;
  }
  // A source's clock may run ahead; an event cannot be received before it happens.
  const auto start = promise_.from == sla_from::received ? received : std::min(occurred, received);
  ++(now - start <= promise_.within ? counts.kept : counts.slow);
}

void sla_book::dead(std::uint64_t events, base::timestamp now) {
  if (events > 0)
    at(now).dead += events;
}

sla_counts& sla_book::at(base::timestamp now) {
  const auto number = span_of(now);
  changed_.insert(hour_of_span(number));
  if (spans_.size() >= spans_max && !spans_.contains(number))
    spans_.erase(spans_.begin());
  return spans_[number];
}

sla_counts sla_book::between(base::timestamp from, base::timestamp to) const {
  sla_counts out;
  const auto end = spans_.lower_bound(span_of(to));
  for (auto s = spans_.lower_bound(span_of(from)); s != end && s != spans_.end(); ++s)
    out += s->second;
  return out;
}

sla_counts sla_book::window(base::timestamp now) const {
  return between(now - promise_.window, now + span);
}

double sla_book::budget_left(base::timestamp now) const {
  const auto counts = window(now);
  if (counts.measured() == 0)
    return 1;
  const auto allowed = (1 - promise_.share) * static_cast<double>(counts.measured());
  return 1 - static_cast<double>(counts.missed()) / allowed;
}

double sla_book::burn_rate(std::chrono::seconds over, base::timestamp now) const {
  const auto counts = between(now - over, now + span);
  if (counts.measured() == 0)
    return 0;
  const auto missed = static_cast<double>(counts.missed()) / static_cast<double>(counts.measured());
  return missed / (1 - promise_.share);
}

std::vector<std::int64_t> sla_book::take_changed() {
  std::vector<std::int64_t> out(changed_.begin(), changed_.end());
  changed_.clear();
  return out;
}

v1::SlaHour sla_book::hour(std::int64_t number) const {
  v1::SlaHour out;
  const auto first = number * spans_an_hour;
  for (auto s = spans_.lower_bound(first); s != spans_.end() && s->first < first + spans_an_hour; ++s) {
    auto& span_out = *out.add_spans();
    span_out.set_span(static_cast<std::uint32_t>(s->first - first));
    span_out.set_kept(s->second.kept);
    span_out.set_slow(s->second.slow);
    span_out.set_dead(s->second.dead);
    span_out.set_unmeasured(s->second.unmeasured);
  }
  return out;
}

void sla_book::load(std::int64_t hour, const v1::SlaHour& counts) {
  for (const auto& s : counts.spans())
    if (s.span() < static_cast<std::uint32_t>(spans_an_hour) && spans_.size() < spans_max)
      spans_[hour * spans_an_hour + s.span()] = {s.kept(), s.slow(), s.dead(), s.unmeasured()};
}

std::int64_t sla_book::forget(base::timestamp now) {
  constexpr std::chrono::hours days_reported{2 * 24};
  const auto first = hour_of_span(span_of(now - promise_.window - days_reported));
  spans_.erase(spans_.begin(), spans_.lower_bound(first * spans_an_hour));
  return first;
}

} // namespace cxstream::protocols
