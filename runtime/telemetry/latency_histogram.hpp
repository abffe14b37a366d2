// latency_histogram: counts of durations in fine exponential buckets. Thread-safe without locks; observing is a search
// in an array and two additions. Numbers read while others write may differ by those few.
//
// Bounds run from 100 µs in steps of 1.2 to about 17 hours, so a quantile is known to 20 %; Prometheus gets every
// fourth.
#pragma once

#include "base/time.hpp"

#include <prometheus/client_metric.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cxstream::telemetry {

class latency_histogram {
public:
  static constexpr std::size_t bound_count = 112;

  // Less than nothing, as clocks of two machines may say, counts as nothing.
  void observe(base::duration took) noexcept;
  // The duration that this share (0 … 1) of the observations did not exceed, interpolated; 0 when there are none.
  std::chrono::duration<double> quantile(double share) const noexcept;
  // In seconds.
  prometheus::ClientMetric::Histogram collect() const;

private:
  using counts = std::array<std::uint64_t, bound_count + 1>;
  counts load() const noexcept;

  std::array<std::atomic<std::uint64_t>, bound_count + 1> buckets_{}; // the last: above every bound
  std::atomic<std::int64_t> sum_us_ = 0;
};

} // namespace cxstream::telemetry
