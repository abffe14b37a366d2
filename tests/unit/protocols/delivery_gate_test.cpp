#include "unit/protocols/delivery_gate_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeliveryGate : public delivery_gate_scenario {};

TEST_F(DeliveryGate, RunsAsManyCallsAsThereAreWorkersAndQueuesTheRest) {
  start({1, 2, 100});
  offer({"a"});
  offer({"b"});
  offer({"c"});
  EXPECT_THAT(called(), ElementsAre("a", "b"));
  answer(fx.calls[0].id, {result::delivered});
  EXPECT_THAT(called(), ElementsAre("c"));
  EXPECT_THAT(given_back(), ElementsAre(result::delivered));
}

TEST_F(DeliveryGate, RefusesABatchWhenItIsFull) {
  start({1, 1, 2});
  EXPECT_TRUE(offer({"a"}));
  EXPECT_TRUE(offer({"b"}));
  EXPECT_FALSE(offer({"c"}));
  answer({result::delivered});
  EXPECT_TRUE(offer({"c"}));
}

TEST_F(DeliveryGate, MergesDeliveriesOfSeveralPartitionsIntoOneCallAndSplitsTheAnswer) {
  start({4, 1, 100});
  offer({"first"}, 0);
  offer({"a", "b"}, 1);
  offer({"c", "d"}, 2);
  offer({"e"}, 3);
  answer({result::delivered});
  EXPECT_THAT(called(), ElementsAre("a", "b", "c", "d"));
  answer({result::delivered, result::permanent, result::delivered, result::transient});
  ASSERT_THAT(fx.answers, SizeIs(2));
  EXPECT_EQ(fx.answers[0].partition.value, 1u);
  EXPECT_EQ(fx.answers[0].events[1].outcome.result, result::permanent);
  EXPECT_EQ(fx.answers[1].partition.value, 2u);
  EXPECT_EQ(fx.answers[1].events[1].position, 1u);
  EXPECT_EQ(fx.answers[1].events[1].outcome.result, result::transient);
}

TEST_F(DeliveryGate, OpensWhenTheTargetIsUnreachableTwiceInARowAndKeepsTheEvents) {
  start();
  let_it_open();
  EXPECT_THAT(fx.answers, IsEmpty());
  EXPECT_EQ(fx.state, breaker_state::open);
  EXPECT_EQ(gate->batches(), 2u);
  EXPECT_EQ(gate->next_due(), now + 1s);
  timer();
  EXPECT_THAT(fx.calls, IsEmpty());
}

TEST_F(DeliveryGate, SendsOneProbeAfterThePauseAndClosesWhenItIsDelivered) {
  start({1, 4, 100});
  offer({"x"});
  offer({"y"});
  const auto second = fx.calls[1].id;
  answer(fx.calls[0].id, {result::unreachable});
  answer(second, {result::unreachable});
  now += 1s;
  timer();
  EXPECT_EQ(gate->state(), breaker_state::half_open);
  EXPECT_THAT(called(), ElementsAre("x"));
  answer({result::delivered});
  EXPECT_EQ(fx.state, breaker_state::closed);
  EXPECT_THAT(called(), ElementsAre("y"));
}

TEST_F(DeliveryGate, LeavesADownTargetAloneForLongerEachTimeUpToTheMaximum) {
  start();
  let_it_open();
  for (auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    EXPECT_EQ(gate->next_due(), now + pause);
    now += pause;
    timer();
    ASSERT_THAT(fx.calls, SizeIs(1));
    answer({result::unreachable});
  }
}

TEST_F(DeliveryGate, ProbesWithAnotherBatchEachTime) {
  start();
  let_it_open();
  std::vector<std::string> probed;
  for (int i = 0; i < 4; ++i) {
    now = *gate->next_due();
    timer();
    probed.push_back(called().front());
    answer({result::unreachable});
  }
  EXPECT_THAT(probed, ElementsAre("x", "y", "x", "y"));
}

TEST_F(DeliveryGate, OpensAfterFailuresInARowOfAtLeastThreeTickets) {
  start({1, 1, 100}, {.failures_to_open = 4});
  for (const auto* ticket : {"a", "b", "a", "b"}) {
    offer({ticket});
    answer({result::transient});
  }
  EXPECT_EQ(gate->state(), breaker_state::closed);
  offer({"c"});
  answer({result::transient});
  EXPECT_EQ(gate->state(), breaker_state::open);
  // This one's failure is the target's: no attempt is spent.
  EXPECT_THAT(given_back(), ElementsAre(result::skipped));
}

TEST_F(DeliveryGate, ADeliveryBetweenFailuresKeepsItClosed) {
  start({1, 1, 100}, {.failures_to_open = 3});
  for (const auto* ticket : {"a", "b", "ok", "c", "d", "ok", "e"}) {
    offer({ticket});
    answer({std::string{ticket} == "ok" ? result::delivered : result::transient});
  }
  EXPECT_EQ(gate->state(), breaker_state::closed);
}

TEST_F(DeliveryGate, KnownPoisonedTicketsDoNotMakeThePauseGrow) {
  start({1, 1, 100}, {.failures_to_open = 3});
  for (const auto* ticket : {"a", "b", "c"}) {
    offer({ticket});
    answer({result::transient});
  }
  for (int i = 0; i < 5; ++i) {
    now += 1s;
    fx = {};
    offer({"a"});
    ASSERT_THAT(called(), ElementsAre("a"));
    answer({result::transient});
    EXPECT_EQ(gate->state(), breaker_state::open);
  }
  offer({"healthy"});
  EXPECT_EQ(gate->next_due(), now + 1s);
}

TEST_F(DeliveryGate, PausesAsLongAsTheTargetAsksAndSpendsNoAttempt) {
  start();
  offer({"a"});
  answer(fx.calls.front().id, {result::throttled}, 7s);
  EXPECT_EQ(gate->state(), breaker_state::closed);
  EXPECT_THAT(fx.answers, IsEmpty());
  EXPECT_EQ(gate->next_due(), now + 7s);
  offer({"b"});
  EXPECT_THAT(fx.calls, IsEmpty());
  now += 7s;
  timer();
  EXPECT_THAT(called(), ElementsAre("a"));
}

TEST_F(DeliveryGate, HoldsOnlyTheUnreachableEventsOfABatchAndWhatFollowsThemInTheirTickets) {
  start({4, 1, 100});
  offer({"a", "b", "b", "c"});
  answer({result::delivered, result::unreachable, result::skipped, result::delivered});
  ASSERT_THAT(fx.answers, SizeIs(1));
  EXPECT_EQ(fx.answers[0].events[1].position, 3u);
  now += 1s;
  timer();
  EXPECT_THAT(called(), ElementsAre("b", "b"));
  answer({result::delivered, result::delivered});
  ASSERT_THAT(fx.answers[0].events, SizeIs(2));
  EXPECT_EQ(fx.answers[0].events[0].position, 1u);
  EXPECT_EQ(fx.answers[0].events[1].position, 2u);
  EXPECT_EQ(gate->batches(), 0u);
}

TEST_F(DeliveryGate, BlamesAnEventThatAloneIsUnreachableAgainAndAgain) {
  start();
  offer({"cursed"});
  for (int i = 0; i < 3; ++i) {
    answer({result::unreachable});
    offer({"ok"});
    answer({result::delivered});
    now += 1s;
    timer();
  }
  answer({result::unreachable});
  EXPECT_THAT(given_back(), ElementsAre(result::transient));
}

TEST_F(DeliveryGate, TakesAMissingOutcomeAndASkipWithoutCauseAsFailures) {
  start({2, 1, 100});
  offer({"a", "b"});
  answer({result::skipped});
  EXPECT_THAT(given_back(), ElementsAre(result::transient, result::transient));
}

TEST_F(DeliveryGate, GivesAPartitionsQueuedBatchesBackUntouched) {
  start();
  offer({"a"}, 1);
  offer({"b"}, 1);
  offer({"c"}, 2);
  fx = {};
  gate->withdraw(base::partition_id{1}, fx);
  EXPECT_THAT(given_back(), ElementsAre(result::skipped));
  EXPECT_EQ(gate->batches(), 2u);
}

TEST_F(DeliveryGate, KeepsWhatIsDeferredUntilItsTimeWhileOthersPass) {
  start({10, 1, 100});
  offer({"a", "b"});
  answer(1, {result::deferred, result::delivered}, 30s);
  ASSERT_THAT(fx.answers, SizeIs(1));
  EXPECT_THAT(fx.answers[0].events, SizeIs(1)) << "b alone; a is kept";
  EXPECT_EQ(gate->batches(), 1u);
  EXPECT_EQ(gate->state(), breaker_state::closed);
  fx = {};
  offer({"c"});
  EXPECT_THAT(called(), ElementsAre("c"));
  answer({result::delivered});
  EXPECT_EQ(gate->next_due(), now + 30s);
  now += 29s;
  timer();
  EXPECT_THAT(called(), IsEmpty());
  now += 1s;
  timer();
  EXPECT_THAT(called(), ElementsAre("a"));
}

TEST_F(DeliveryGate, MergesWhatWasDeferredUntilAboutTheSameTime) {
  start({10, 1, 100});
  for (const auto* ticket : {"a", "b", "c"}) {
    offer({ticket}, static_cast<std::uint16_t>(*ticket));
    answer({result::deferred});
    now += 100ms;
  }
  now += 1s;
  timer();
  EXPECT_THAT(called(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(fx.calls, SizeIs(1));
}

TEST_F(DeliveryGate, HoldsTheLaterEventsOfATicketBehindADeferredOneAndBlamesNobody) {
  start({10, 1, 100});
  offer({"a", "a", "b"});
  for (int i = 0; i < 20; ++i) {
    answer({result::deferred, result::skipped, result::deferred});
    EXPECT_THAT(fx.answers, IsEmpty());
    now += 2s;
    timer();
    EXPECT_THAT(called(), ElementsAre("a", "a", "b"));
  }
  EXPECT_EQ(gate->last_error(), "");
  answer({result::delivered, result::delivered, result::delivered});
  ASSERT_THAT(fx.answers, SizeIs(1));
  EXPECT_THAT(fx.answers[0].events, SizeIs(3));
  EXPECT_EQ(gate->batches(), 0u);
}

} // namespace
} // namespace cxstream::protocols
