#include "telemetry/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace cxstream::telemetry {
namespace {

using std::chrono::microseconds;

TEST(LatencyHistogram, KnowsAQuantileToTwentyPercent) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> latency(9.0, 1.5); // around 8 ms
  std::vector<double> truth;
  latency_histogram histogram;
  for (int i = 0; i < 100'000; ++i) {
    const microseconds took(static_cast<std::int64_t>(latency(random)));
    truth.push_back(static_cast<double>(took.count()) / 1e6);
    histogram.observe(took);
  }
  std::sort(truth.begin(), truth.end());
  for (const double share : {0.1, 0.5, 0.9, 0.99}) {
    const double expected = truth[static_cast<std::size_t>(share * static_cast<double>(truth.size()))];
    EXPECT_NEAR(histogram.quantile(share).count() / expected, 1.0, 0.2) << share;
  }
}

TEST(LatencyHistogram, HasNoQuantileBeforeTheFirstObservation) {
  const latency_histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5).count(), 0);
}

TEST(LatencyHistogram, PutsABoundIntoItsOwnBucketAndTheExtremesAtTheEnds) {
  latency_histogram histogram;
  histogram.observe(microseconds(-5));
  histogram.observe(microseconds(100));
  histogram.observe(std::chrono::hours(24 * 365 * 20));
  const auto collected = histogram.collect();
  EXPECT_EQ(collected.bucket.front().cumulative_count, 2U);
  EXPECT_EQ(collected.bucket[collected.bucket.size() - 2].cumulative_count, 2U);
  EXPECT_EQ(collected.bucket.back().cumulative_count, 3U);
  EXPECT_TRUE(std::isinf(collected.bucket.back().upper_bound));
  EXPECT_EQ(collected.sample_count, 3U);
  EXPECT_GT(histogram.quantile(1.0).count(), 3'600.0);
}

TEST(LatencyHistogram, LosesNothingBetweenThreads) {
  latency_histogram histogram;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&histogram] {
        for (int i = 0; i < 50'000; ++i)
          histogram.observe(microseconds(i));
      });
  }
  EXPECT_EQ(histogram.collect().sample_count, 200'000U);
}

} // namespace
} // namespace cxstream::telemetry
