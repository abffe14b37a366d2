#include "protocols/call_allowance.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

// 2026-03-01 12:00 UTC.
const base::timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h};

TEST(CallAllowance, WithoutLimitsEveryCallMayBeMadeAtOnce) {
  call_allowance it({}, {});
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_LE(it.next_call(noon), noon);
    it.spend(1, noon);
  }
  EXPECT_EQ(it.budget().spent, 0u);
}

TEST(CallAllowance, HoldsARateAfterItsBurst) {
  call_allowance it({.requests_per_second = 10, .burst = 20}, {});
  for (int i = 0; i < 20; ++i) {
    ASSERT_LE(it.next_call(noon), noon);
    it.spend(1, noon);
  }
  EXPECT_EQ(it.next_call(noon), noon + 100ms);
}

TEST(CallAllowance, ABatchOfRequestsMakesTheNextOneWaitForAllOfThem) {
  call_allowance it({.requests_per_second = 10, .burst = 10}, {});
  ASSERT_LE(it.next_call(noon), noon);
  it.spend(30, noon);
  EXPECT_EQ(it.next_call(noon), noon + 2'100ms);
}

TEST(CallAllowance, ASpentBudgetWaitsForTheHourOfItsReset) {
  call_allowance it({.calls_per_day = 3, .reset_hour = 6h}, {});
  for (int i = 0; i < 3; ++i) {
    ASSERT_LE(it.next_call(noon), noon);
    it.spend(1, noon);
  }
  EXPECT_TRUE(it.budget_is_spent(noon));
  const auto reset = noon + 18h;
  EXPECT_EQ(it.next_call(noon), reset);
  EXPECT_LE(it.next_call(reset), reset);
  EXPECT_FALSE(it.budget_is_spent(reset));
  EXPECT_EQ(it.budget().spent, 0u);
}

TEST(CallAllowance, ContinuesWithWhatWasSpentBeforeARestart) {
  call_allowance it({.calls_per_day = 10}, {noon - 12h, 9});
  ASSERT_LE(it.next_call(noon), noon);
  it.spend(1, noon);
  EXPECT_TRUE(it.budget_is_spent(noon));
}

TEST(CallAllowance, WhatWasSpentYesterdayDoesNotCount) {
  call_allowance it({.calls_per_day = 10}, {noon - 36h, 10});
  EXPECT_LE(it.next_call(noon), noon);
  EXPECT_EQ(it.budget().spent, 0u);
}

TEST(CallAllowance, AClockThatStepsBackBeginsNoNewDay) {
  call_allowance it({.calls_per_day = 1}, {});
  ASSERT_LE(it.next_call(noon), noon);
  it.spend(1, noon);
  EXPECT_TRUE(it.budget_is_spent(noon - 24h));
  EXPECT_EQ(it.next_call(noon - 24h), noon + 12h);
}

TEST(CallAllowance, LeavesTheLastFifthOfABudgetToWhatIsNotInTheBackground) {
  call_allowance it({.calls_per_day = 100}, {noon - 12h, 79});
  EXPECT_TRUE(it.leaves_enough(1));
  EXPECT_FALSE(it.leaves_enough(2));
}

} // namespace
} // namespace cxstream::protocols
