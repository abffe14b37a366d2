// One event a ticket, affinity, allowance, background.
#include "unit/protocols/delivery_gate_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeliveryGateRules : public delivery_gate_scenario {
protected:
  // One event a name; "ticket/account".
  bool offer_of(const std::vector<std::string>& names, bool background = false) {
    offered_batch batch{base::partition_id{0}, ++deliveries, {}, background};
    for (const auto& name : names) {
      const auto slash = name.find('/');
      batch.events.push_back({batch.partition, base::log_offset{++offsets}, base::ticket_sequence{offsets},
                              name.substr(0, slash), "bytes", 1, false,
                              slash == std::string::npos ? "" : name.substr(slash + 1)});
    }
    return gate->offer(std::move(batch), now, fx);
  }
  gate_limits limits(std::size_t batch, std::size_t concurrency) {
    return {batch, concurrency, 100};
  }
};

TEST_F(DeliveryGateRules, GivesASecondEventOfATicketBackWhereACallMayHaveOne) {
  auto l = limits(8, 1);
  l.one_event_a_ticket = true;
  start(l);
  offer_of({"a", "b", "a"});
  EXPECT_THAT(called(), ElementsAre("a", "b"));
  ASSERT_THAT(fx.answers, SizeIs(1));
  EXPECT_EQ(fx.answers[0].events.front().position, 2u);
  EXPECT_EQ(fx.answers[0].events.front().outcome.result, result::skipped);
}

TEST_F(DeliveryGateRules, DoesNotMergeTwoBatchesThatHoldOneTicketWhereACallMayHaveOne) {
  auto l = limits(8, 1);
  l.one_event_a_ticket = true;
  start(l);
  offer_of({"x"});
  offer_of({"a"});
  offer_of({"a", "b"});
  answer({result::delivered});
  EXPECT_THAT(called(), ElementsAre("a", "b"));
  answer({result::delivered, result::delivered});
  EXPECT_THAT(called(), ElementsAre("a"));
  answer({result::delivered});
  EXPECT_EQ(gate->batches(), 0u);
}

TEST_F(DeliveryGateRules, KeepsAnAccountOutOfASecondCallUntilTheFirstIsAnswered) {
  start(limits(8, 2));
  offer_of({"a/acme"});
  offer_of({"b/acme", "c/other"});
  ASSERT_THAT(called(), ElementsAre("a", "c"));
  EXPECT_EQ(gate->next_due(), std::nullopt);
  answer(fx.calls[0].id, {result::delivered});
  EXPECT_THAT(called(), ElementsAre("b"));
}

TEST_F(DeliveryGateRules, KeepsATicketsEventsTogetherWhenOneOfThemIsOfALockedAccount) {
  start(limits(8, 2));
  offer_of({"a/acme"});
  offer_of({"b/other", "b/acme"});
  EXPECT_THAT(called(), ElementsAre("a"));
  answer(fx.calls[0].id, {result::delivered});
  EXPECT_THAT(called(), ElementsAre("b", "b"));
}

TEST_F(DeliveryGateRules, WaitsForItsRateWithoutSpendingAttempts) {
  auto l = limits(1, 4);
  l.allowance.requests_per_second = 2;
  start(l);
  offer_of({"a"});
  offer_of({"b"});
  offer_of({"c"});
  EXPECT_THAT(called(), ElementsAre("a", "b"));
  EXPECT_EQ(gate->held(now), held_by::rate);
  EXPECT_EQ(gate->next_due(), now + 500ms);
  now += 500ms;
  timer();
  EXPECT_THAT(called(), ElementsAre("c"));
  EXPECT_THAT(fx.answers, IsEmpty());
}

TEST_F(DeliveryGateRules, ASpentBudgetHoldsWhatIsQueuedUntilItIsReset) {
  auto l = limits(1, 1);
  l.allowance.calls_per_day = 1;
  start(l);
  offer_of({"a"});
  offer_of({"b"});
  answer({result::delivered});
  EXPECT_THAT(fx.calls, IsEmpty());
  EXPECT_EQ(gate->held(now), held_by::budget);
  ASSERT_EQ(gate->next_due(), gate->budget_resets_at(now));
  now = *gate->next_due();
  timer();
  EXPECT_THAT(called(), ElementsAre("b"));
}

TEST_F(DeliveryGateRules, CountsRequestsWhereACallMakesOneAnEvent) {
  auto l = limits(8, 1);
  l.request_an_event = true;
  l.allowance.calls_per_day = 10;
  start(l);
  offer_of({"a", "b", "c"});
  EXPECT_EQ(gate->budget().spent, 3u);
}

TEST_F(DeliveryGateRules, CallsTheBackgroundOnlyWhileNothingElseIsQueued) {
  start(limits(1, 1));
  offer_of({"x"});
  offer_of({"replayed"}, true);
  offer_of({"live"});
  answer({result::delivered});
  EXPECT_THAT(called(), ElementsAre("live"));
  answer({result::delivered});
  EXPECT_THAT(called(), ElementsAre("replayed"));
}

TEST_F(DeliveryGateRules, LeavesHalfTheCallsToWhatIsNotInTheBackground) {
  start(limits(1, 4));
  for (const auto* ticket : {"a", "b", "c", "d"})
    offer_of({ticket}, true);
  EXPECT_THAT(called(), ElementsAre("a", "b"));
  EXPECT_EQ(gate->next_due(), std::nullopt);
}

TEST_F(DeliveryGateRules, RunsFewerCallsSideBySideWhenTheTargetIsOverloadedAndMoreWhenItIsWell) {
  auto l = limits(1, 4);
  l.concurrency_min = 1;
  start(l);
  offer_of({"a"});
  answer({result::throttled});
  EXPECT_EQ(gate->concurrency(), 2u);
}

} // namespace
} // namespace cxstream::protocols
