#include "protocols/rate_limit.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

constexpr base::timestamp start = base::from_us(1'767'323'045'000'000);

TEST(RateLimit, LetsABurstThroughAtOnceAndThenTheRate) {
  rate_limit limit({10, 20, 0, 0}, start);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(limit.wait(start), 0s) << i;
    limit.spend(start, 1, 0);
  }
  EXPECT_EQ(limit.wait(start), 100ms);
  EXPECT_EQ(limit.wait(start + 40ms), 60ms);
  EXPECT_EQ(limit.wait(start + 100ms), 0s);
}

TEST(RateLimit, LetsALargePayloadRunIntoDebtThatTheNextWaitsFor) {
  rate_limit limit({10, 10, 0, 0}, start);
  EXPECT_EQ(limit.wait(start), 0s);
  limit.spend(start, 60, 0);
  EXPECT_EQ(limit.wait(start), 5'100ms);
  EXPECT_GT(limit.wait(start + 5s), 0s);
  EXPECT_EQ(limit.wait(start + 5'100ms), 0s);
}

TEST(RateLimit, WaitsForWhicheverBucketIsEmptyLonger) {
  rate_limit limit({100, 100, 1'000, 1'000}, start);
  limit.spend(start, 1, 3'000);
  EXPECT_EQ(limit.wait(start), 2'001ms);
  limit.spend(start, 1'099, 0);
  EXPECT_EQ(limit.wait(start), 10'010ms);
}

TEST(RateLimit, IsNoLimitWithoutARate) {
  rate_limit limit({}, start);
  limit.spend(start, 1'000'000'000, 1'000'000'000);
  EXPECT_EQ(limit.wait(start), 0s);
}

TEST(RateLimit, NeitherEarnsNorStopsWhenTheClockStepsBack) {
  rate_limit limit({10, 10, 0, 0}, start);
  limit.spend(start, 10, 0);
  EXPECT_EQ(limit.wait(start - 1h), 100ms);
  EXPECT_EQ(limit.wait(start - 1h + 100ms), 0s);
}

TEST(RateLimit, LetsARateBelowOnePerSecondThrough) {
  rate_limit limit({0.1, 0, 0, 0}, start);
  EXPECT_EQ(limit.wait(start), 0s);
  limit.spend(start, 1, 0);
  const auto wait = limit.wait(start);
  EXPECT_GT(wait, 9s);
  EXPECT_EQ(limit.wait(start + wait), 0s);
}

// Over any span of time no more than burst + rate * t goes through, plus one payload's debt; and a client that waits as
// long as it is told gets nearly all of that.
TEST(RateLimit, HoldsItsRateUnderAnyArrivals) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const double rate = 1 + random() % 1'000;
    const double burst = rate + random() % 1'000;
    rate_limit limit({rate, burst, 0, 0}, start);
    auto now = start;
    std::uint64_t passed = 0;
    std::uint64_t largest = 0;
    while (now < start + 60s) {
      const auto wait = limit.wait(now);
      if (wait > 0s) {
        now += wait;
        ASSERT_EQ(limit.wait(now), 0s) << "seed " << seed;
      }
      const std::uint64_t events = 1 + random() % 50;
      limit.spend(now, events, 0);
      passed += events;
      largest = std::max(largest, events);
      const double seconds = std::chrono::duration<double>(now - start).count();
      ASSERT_LE(static_cast<double>(passed), burst + rate * seconds + static_cast<double>(largest) + 1)
          << "seed " << seed;
    }
    EXPECT_GE(static_cast<double>(passed), 0.9 * rate * 60) << "seed " << seed;
  }
}

} // namespace
} // namespace cxstream::protocols
