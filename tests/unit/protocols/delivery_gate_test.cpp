#include "protocols/delivery_gate.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using ports::breaker_state;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using result = ports::delivery_result;

class DeliveryGate : public ::testing::Test {
protected:
  void start(gate_limits limits = {1, 1, 100}, breaker_policy policy = {}) {
    gate.emplace(limits, policy);
  }
  // A batch with one event of each ticket.
  bool offer(const std::vector<std::string>& tickets, std::uint16_t partition = 0) {
    offered_batch batch{base::partition_id{partition}, ++deliveries, {}};
    for (const auto& ticket : tickets)
      batch.events.push_back(
          {batch.partition, base::log_offset{++offsets}, base::ticket_sequence{offsets}, ticket, "bytes", 1, false});
    return gate->offer(std::move(batch), now, fx);
  }
  void answer(std::uint64_t call, const std::vector<result>& results,
              std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
    std::vector<ports::delivery_outcome> outcomes;
    for (auto r : results)
      outcomes.push_back({r, r == result::delivered ? "" : "it failed", retry_after});
    fx = {};
    gate->on_answer(call, outcomes, now, 1.0, fx);
  }
  // Answers the last call made.
  void answer(const std::vector<result>& results) {
    answer(fx.calls.back().id, results);
  }
  void timer() {
    fx = {};
    gate->on_timer(now, fx);
  }
  void let_it_open() {
    offer({"x"});
    offer({"y"});
    answer({result::unreachable});
    answer({result::unreachable});
    ASSERT_EQ(gate->state(), breaker_state::open);
  }
  std::vector<std::string> called() const {
    std::vector<std::string> tickets;
    for (const auto& call : fx.calls)
      for (const auto& event : *call.events)
        tickets.push_back(event.ticket_id);
    return tickets;
  }
  std::vector<result> given_back() const {
    std::vector<result> out;
    for (const auto& back : fx.answers)
      for (const auto& event : back.events)
        out.push_back(event.outcome.result);
    return out;
  }

  base::timestamp now = base::from_us(1'000'000);
  std::uint64_t deliveries = 0;
  std::uint64_t offsets = 0;
  std::optional<delivery_gate> gate;
  gate_effects fx;
};

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

// --- one event a ticket, affinity, allowance, background ------------------------------------------------------------

class DeliveryGateRules : public DeliveryGate {
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
