#include "protocols/sla/sla_book.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

constexpr base::timestamp t0 = base::from_us(1'767'225'600'000'000); // 2026-01-01T00:00:00Z

sla_book book(sla_from from = sla_from::occurred, double share = 0.99) {
  return sla_book({share, 60s, from, std::chrono::hours{28 * 24}}, t0);
}

void deliver(sla_book& b, std::uint64_t n, std::chrono::seconds took, base::timestamp now) {
  for (std::uint64_t i = 0; i < n; ++i)
    b.delivered(now - took, now - took, now);
}

TEST(SlaBook, CountsWhatIsDeliveredInTimeAndWhatIsNot) {
  auto b = book();
  deliver(b, 3, 60s, t0 + 1h);
  deliver(b, 2, 61s, t0 + 1h);
  b.dead(1, t0 + 1h);
  EXPECT_EQ(b.window(t0 + 1h), (sla_counts{3, 2, 1, 0}));
}

TEST(SlaBook, MeasuresFromWhereItIsTold) {
  auto occurred = book(sla_from::occurred), received = book(sla_from::received);
  for (auto* b : {&occurred, &received})
    b->delivered(t0 + 1h, t0 + 1h + 50s, t0 + 1h + 70s);
  EXPECT_EQ(occurred.window(t0 + 2h), (sla_counts{0, 1, 0, 0}));
  EXPECT_EQ(received.window(t0 + 2h), (sla_counts{1, 0, 0, 0}));
}

TEST(SlaBook, DoesNotBlameTheSinkForWhatCameTooLateToIt) {
  auto occurred = book(sla_from::occurred), received = book(sla_from::received);
  for (auto* b : {&occurred, &received})
    b->delivered(t0, t0 + 10h, t0 + 10h + 1s); // imported: it happened ten hours before it came
  EXPECT_EQ(occurred.window(t0 + 10h), (sla_counts{0, 0, 0, 1}));
  EXPECT_EQ(received.window(t0 + 10h), (sla_counts{1, 0, 0, 0})) << "from its receipt it was in time";
}

TEST(SlaBook, LetsNoClockThatRunsAheadGiveMoreTime) {
  auto b = book();
  b.delivered(t0 + 3h, t0 + 1h, t0 + 1h + 61s);
  EXPECT_EQ(b.window(t0 + 2h), (sla_counts{0, 1, 0, 0}));
}

TEST(SlaBook, MeasuresNoBackfillAndNoReplay) {
  auto b = book();
  b.delivered(t0 - 1h, t0 - 1h, t0 + 1h); // received before anybody measured
  b.moved(t0 + 2h);
  b.delivered(t0 + 1h, t0 + 1h, t0 + 3h); // received before the sink was moved back
  b.delivered(t0 + 3h, t0 + 3h, t0 + 3h + 2s);
  EXPECT_EQ(b.window(t0 + 3h), (sla_counts{1, 0, 0, 2}));
}

TEST(SlaBook, SpendsTheBudgetAsEventsAreMissed) {
  auto b = book();
  EXPECT_EQ(b.budget_left(t0), 1);
  deliver(b, 995, 1s, t0 + 1h);
  deliver(b, 5, 90s, t0 + 1h);
  EXPECT_NEAR(b.budget_left(t0 + 1h), 0.5, 1e-9) << "5 of the 10 that 1 % of 1,000 allow";
  deliver(b, 20, 90s, t0 + 1h);
  EXPECT_LT(b.budget_left(t0 + 1h), 0);
}

TEST(SlaBook, BurnsByTheWindowsItIsAskedFor) {
  auto b = book();
  deliver(b, 1'000, 1s, t0 + 1h);
  deliver(b, 90, 1s, t0 + 10h);
  deliver(b, 10, 90s, t0 + 10h);
  EXPECT_NEAR(b.burn_rate(5min, t0 + 10h), 10, 1e-9) << "10 % missed where 1 % may be";
  EXPECT_NEAR(b.burn_rate(24h, t0 + 10h), 10.0 / 1'100 / 0.01, 1e-9);
  EXPECT_EQ(b.burn_rate(5min, t0 + 20h), 0) << "nothing is measured, nothing burns";
}

TEST(SlaBook, ForgetsWhatTheWindowHasPassed) {
  auto b = book();
  deliver(b, 10, 90s, t0 + 1h);
  EXPECT_EQ(b.window(t0 + 24h * 28).missed(), 10u);
  EXPECT_EQ(b.window(t0 + 24h * 28 + 2h).missed(), 0u);
  const auto first = b.forget(t0 + 24h * 31);
  EXPECT_EQ(first, (t0 + 24h).time_since_epoch() / 1h);
  EXPECT_EQ(b.between(t0, t0 + 24h), sla_counts{});
}

TEST(SlaBook, IsTheSameAfterItWasStoredAndLoaded) {
  auto b = book();
  deliver(b, 7, 1s, t0 + 1h);
  deliver(b, 2, 90s, t0 + 1h + 7min);
  b.dead(1, t0 + 30h);
  b.delivered(t0 - 1h, t0 - 1h, t0 + 30h);
  auto again = book();
  const auto changed = b.take_changed();
  EXPECT_EQ(changed.size(), 2u);
  for (const auto hour : changed)
    again.load(hour, b.hour(hour));
  EXPECT_EQ(again.window(t0 + 31h), b.window(t0 + 31h));
  EXPECT_EQ(again.between(t0 + 1h, t0 + 1h + 5min), (sla_counts{7, 0, 0, 0}));
  EXPECT_EQ(again.burn_rate(6h, t0 + 31h), b.burn_rate(6h, t0 + 31h));
  EXPECT_TRUE(b.take_changed().empty());
}

TEST(SlaBook, KeepsABoundedNumberOfSpans) {
  auto b = book();
  for (std::size_t i = 0; i < sla_book::spans_max + 100; ++i)
    b.dead(1, t0 + static_cast<std::int64_t>(i) * sla_book::span);
  EXPECT_EQ(b.between(t0, t0 + std::chrono::hours{24 * 400}).dead, sla_book::spans_max);
}

} // namespace
} // namespace cxstream::protocols
