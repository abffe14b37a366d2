#include "protocols/burst_window.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

const base::timestamp noon = base::from_us(1'767'355'200'000'000);

TEST(BurstWindow, SaysTheFirstAtOnceAndTheRestWhenTheWindowIsOver) {
  burst_window bursts({30s, 100});
  EXPECT_EQ(bursts.held_until("a", noon), std::nullopt);
  bursts.said("a", noon);
  EXPECT_EQ(bursts.held_until("a", noon + 1s), noon + 30s);
  EXPECT_EQ(bursts.held_until("b", noon + 1s), std::nullopt) << "another trouble";
  EXPECT_EQ(bursts.held_until("a", noon + 30s), std::nullopt);
  bursts.said("a", noon + 30s);
  EXPECT_EQ(bursts.held_until("a", noon + 31s), noon + 60s);
}

TEST(BurstWindow, HoldsNothingWithoutAWindow) {
  burst_window bursts({0ms, 100});
  bursts.said("a", noon);
  EXPECT_EQ(bursts.held_until("a", noon), std::nullopt);
  EXPECT_EQ(bursts.troubles(), 0u);
}

TEST(BurstWindow, ForgetsTheOldestTroublesBeyondItsBound) {
  burst_window bursts({30s, 10});
  for (int i = 0; i < 1'000; ++i) {
    bursts.said(std::to_string(i), noon + i * 1ms);
    EXPECT_LE(bursts.troubles(), 10u);
  }
  EXPECT_NE(bursts.held_until("999", noon + 1s), std::nullopt);
  EXPECT_EQ(bursts.held_until("0", noon + 1s), std::nullopt);
}

TEST(BurstWindow, HoldsNothingLongerBecauseTheClockWasSetBack) {
  burst_window bursts({30s, 10});
  bursts.said("a", noon);
  EXPECT_EQ(bursts.held_until("a", noon - 1h), std::nullopt);
}

} // namespace
} // namespace cxstream::protocols
