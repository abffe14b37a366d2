#include "telemetry/latency_histogram.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace cxstream::telemetry {
namespace {

constexpr std::size_t exported_every = 4;
static_assert(latency_histogram::bound_count % exported_every == 0, "the greatest bound is exported");

constexpr auto bounds_us = [] {
  std::array<std::int64_t, latency_histogram::bound_count> bounds{};
  std::int64_t bound_ns = 100'000;
  for (auto& bound_us : bounds) {
    bound_us = bound_ns / 1'000;
    bound_ns = bound_ns * 6 / 5;
  }
  return bounds;
}();

constexpr double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

} // namespace

void latency_histogram::observe(base::duration took) noexcept {
  const std::int64_t us = std::max<std::int64_t>(took.count(), 0);
  const auto bucket = std::lower_bound(bounds_us.begin(), bounds_us.end(), us) - bounds_us.begin();
  buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
}

latency_histogram::counts latency_histogram::load() const noexcept {
  counts loaded;
  std::transform(buckets_.begin(), buckets_.end(), loaded.begin(),
                 [](const auto& bucket) { return bucket.load(std::memory_order_relaxed); });
  return loaded;
}

std::chrono::duration<double> latency_histogram::quantile(double share) const noexcept {
  using result = std::chrono::duration<double>;
  const counts loaded = load();
  const auto total = std::accumulate(loaded.begin(), loaded.end(), std::uint64_t{0});
  if (total == 0)
    return result::zero();
  const double rank = std::clamp(share, 0.0, 1.0) * static_cast<double>(total);
  double before = 0;
  for (std::size_t i = 0; i < bound_count; ++i) {
    const auto here = static_cast<double>(loaded[i]);
    if (here > 0 && before + here >= rank) {
      const double lower = i == 0 ? 0 : seconds(bounds_us[i - 1]);
      return result(lower + (seconds(bounds_us[i]) - lower) * (rank - before) / here);
    }
    before += here;
  }
  return result(seconds(bounds_us.back()));
}

prometheus::ClientMetric::Histogram latency_histogram::collect() const {
  const counts loaded = load();
  prometheus::ClientMetric::Histogram histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < bound_count; ++i) {
    cumulative += loaded[i];
    if (i % exported_every == exported_every - 1)
      histogram.bucket.push_back({cumulative, seconds(bounds_us[i])});
  }
  cumulative += loaded.back();
  histogram.bucket.push_back({cumulative, std::numeric_limits<double>::infinity()});
  histogram.sample_count = cumulative;
  histogram.sample_sum = seconds(sum_us_.load(std::memory_order_relaxed));
  return histogram;
}

} // namespace cxstream::telemetry
