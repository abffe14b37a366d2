#include "client/latency_histogram.hpp"

#include "gtest/gtest.h"

namespace cxstream::client {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(LatencyHistogram, TellsQuantilesWithinFivePercent) {
  latency_histogram times;
  for (int us = 1; us <= 10'000; ++us)
    times.add(microseconds(us));
  EXPECT_EQ(times.count(), 10'000u);
  EXPECT_NEAR(static_cast<double>(times.quantile(0.5).count()), 5'000, 260);
  EXPECT_NEAR(static_cast<double>(times.quantile(0.99).count()), 9'900, 500);
  EXPECT_EQ(times.max(), microseconds(10'000));
  EXPECT_LE(times.quantile(1.0), times.max());
}

TEST(LatencyHistogram, CountsManyAtOnceAndMerges) {
  latency_histogram one;
  one.add(milliseconds(1), 99);
  latency_histogram other;
  other.add(milliseconds(100), 1);
  one.merge(other);
  EXPECT_EQ(one.count(), 100u);
  EXPECT_NEAR(static_cast<double>(one.quantile(0.5).count()), 1'000, 50);
  EXPECT_EQ(one.quantile(1.0), milliseconds(100));
}

TEST(LatencyHistogram, HoldsExtremes) {
  latency_histogram times;
  EXPECT_EQ(times.quantile(0.5).count(), 0);
  times.add(std::chrono::nanoseconds(0));
  times.add(std::chrono::hours(100));
  EXPECT_EQ(times.count(), 2u);
  EXPECT_EQ(times.max(), std::chrono::hours(100));
}

} // namespace
} // namespace cxstream::client
