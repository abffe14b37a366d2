#include "protocols/backoff.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

constexpr backoff_policy policy{500ms, 60s, 2.0, 0.2};

TEST(Backoff, DoublesFromAttemptToAttempt) {
  EXPECT_EQ(next_backoff(policy, 1, std::nullopt, 1.0), 500ms);
  EXPECT_EQ(next_backoff(policy, 2, std::nullopt, 1.0), 1s);
  EXPECT_EQ(next_backoff(policy, 5, std::nullopt, 1.0), 8s);
}

TEST(Backoff, StopsGrowingAtItsMaximumHoweverManyAttempts) {
  EXPECT_EQ(next_backoff(policy, 8, std::nullopt, 1.0), 60s);
  EXPECT_EQ(next_backoff(policy, 4'000'000'000u, std::nullopt, 1.0), 60s);
}

TEST(Backoff, DrawsTheJitterFromItsShareOnly) {
  EXPECT_EQ(next_backoff(policy, 2, std::nullopt, 0.0), 800ms);
  EXPECT_EQ(next_backoff(policy, 2, std::nullopt, 0.5), 900ms);
  EXPECT_EQ(next_backoff({500ms, 60s, 2.0, 0.0}, 2, std::nullopt, 0.0), 1s);
}

TEST(Backoff, IsNeverShorterThanTheTargetAskedForEvenBeyondTheMaximum) {
  EXPECT_EQ(next_backoff(policy, 1, 3s, 0.0), 3s);
  EXPECT_EQ(next_backoff(policy, 1, 2h, 0.0), 2h);
  EXPECT_EQ(next_backoff(policy, 5, 3s, 1.0), 8s);
}

TEST(Backoff, TakesZeroAttemptsAsTheFirst) {
  EXPECT_EQ(next_backoff(policy, 0, std::nullopt, 1.0), 500ms);
}

} // namespace
} // namespace cxstream::protocols
