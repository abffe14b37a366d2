#include "protocols/adaptive_concurrency.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using answer = adaptive_concurrency::answer;

class AdaptiveConcurrency : public testing::Test {
protected:
  void answered(answer what, base::duration latency, std::size_t side_by_side = 0, int times = 1) {
    for (int i = 0; i < times; ++i) {
      now += latency;
      it.answered(what, now - latency, side_by_side == 0 ? it.limit() : side_by_side, now);
    }
  }

  base::timestamp now = base::from_us(1'000'000'000);
  adaptive_concurrency it{1, 16};
};

TEST_F(AdaptiveConcurrency, BeginsWithAllThatMayRunAndHalvesWhenTheTargetAsksForAPause) {
  EXPECT_EQ(it.limit(), 16u);
  answered(answer::overloaded, 10ms);
  EXPECT_EQ(it.limit(), 8u);
}

TEST_F(AdaptiveConcurrency, ShrinksOnceForAllThatWasSentBeforeItShrank) {
  const auto sent = now;
  now += 10ms;
  for (int i = 0; i < 16; ++i)
    it.answered(answer::overloaded, sent, 16, now);
  EXPECT_EQ(it.limit(), 8u);
}

TEST_F(AdaptiveConcurrency, NeverGoesBelowItsLeastNorAboveItsMost) {
  answered(answer::overloaded, 10ms, 0, 20);
  EXPECT_EQ(it.limit(), 1u);
  answered(answer::good, 10ms, 0, 1'000);
  EXPECT_EQ(it.limit(), 16u);
}

TEST_F(AdaptiveConcurrency, GrowsByOneWhenAllItAllowsWereAnsweredWell) {
  answered(answer::overloaded, 10ms, 0, 2);
  ASSERT_EQ(it.limit(), 4u);
  answered(answer::good, 10ms, 4, 5);
  EXPECT_EQ(it.limit(), 5u);
}

TEST_F(AdaptiveConcurrency, DoesNotGrowWhenNotAllItAllowsIsInUse) {
  answered(answer::overloaded, 10ms);
  answered(answer::good, 10ms, 2, 100);
  EXPECT_EQ(it.limit(), 8u);
}

TEST_F(AdaptiveConcurrency, ShrinksWhenTheTargetGetsMuchSlowerThanItUsedToBe) {
  answered(answer::good, 10ms, 0, 300);
  ASSERT_EQ(it.limit(), 16u);
  answered(answer::good, 80ms, 0, 30);
  EXPECT_LT(it.limit(), 12u);
}

TEST_F(AdaptiveConcurrency, IsNotImpressedByATargetThatWasAlwaysSlow) {
  answered(answer::good, 5s, 0, 300);
  EXPECT_EQ(it.limit(), 16u);
}

TEST_F(AdaptiveConcurrency, LearnsNothingFromEventsThatFailByThemselves) {
  answered(answer::neither, 10ms, 0, 100);
  EXPECT_EQ(it.limit(), 16u);
}

TEST_F(AdaptiveConcurrency, StaysFixedWhereItsBoundsAreEqual) {
  it = adaptive_concurrency{3, 3};
  answered(answer::overloaded, 10ms, 0, 5);
  EXPECT_EQ(it.limit(), 3u);
}

} // namespace
} // namespace cxstream::protocols
