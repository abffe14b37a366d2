// What a sink does with a ticket whose event failed.
#include "unit/protocols/sink_lanes_fixture.hpp"

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using SinkLanesRetry = sink_lanes_scenario;

const retry_policy three_attempts{{500ms, 60s, 2.0, 0.2}, 3};

TEST_F(SinkLanesRetry, HoldsLaterEventsOfTheSameTicketWhileOneWaitsAndLetsOthersPass) {
  start({}, three_attempts);
  read({"a", "a", "b"});
  const auto b = fx.deliveries[1].id;
  answer(fx.deliveries[0].id, {result::transient});
  ASSERT_EQ(writes<put_waiting>().size(), 2u);
  EXPECT_EQ(writes<put_waiting>()[0].entry.attempts(), 1u);
  EXPECT_EQ(writes<put_waiting>()[0].entry.due_at_us(), base::to_us(now + 500ms));
  EXPECT_EQ(writes<put_waiting>()[1].entry.attempts(), 0u);
  EXPECT_EQ(lanes->counts().waiting, 2u);
  answer(b, {result::delivered});
  EXPECT_EQ(lanes->next_offset().value, 3u);
  read({"a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(4)));
  EXPECT_EQ(writes<put_waiting>().front().offset.value, 3u);
}

TEST_F(SinkLanesRetry, DrainsALaneInOrderAndThenLetsTheTicketFlow) {
  start({}, three_attempts);
  read({"a", "a"});
  answer(last_delivery(), {result::transient});
  EXPECT_EQ(lanes->next_due(), now + 500ms);
  now += 500ms;
  due();
  ASSERT_EQ(fx.loads.size(), 1u);
  EXPECT_EQ(fx.loads.front().from.value, 0u);
  load(fx.loads.front().id, 0, 1);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(fx.deliveries.front().events.front().attempt, 2u);
  answer(last_delivery(), {result::delivered});
  EXPECT_EQ(writes<erase_waiting>().size(), 1u);
  ASSERT_EQ(fx.loads.size(), 1u);
  EXPECT_EQ(fx.loads.front().from.value, 1u);
  load(fx.loads.front().id, 1);
  answer(last_delivery(), {result::delivered});
  EXPECT_EQ(lanes->lanes(), 0u);
  EXPECT_EQ(lanes->counts().waiting, 0u);
  read({"a"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(2)));
}

TEST_F(SinkLanesRetry, GivesUpWhenTheBudgetIsSpentAndGoesOnWithTheNextEvent) {
  start({}, three_attempts);
  read({"a", "a"});
  answer(last_delivery(), {result::transient});
  for (std::uint32_t attempt = 1; attempt < 3; ++attempt) {
    now = *lanes->next_due();
    due();
    load(fx.loads.front().id, 0, attempt);
    answer(last_delivery(), {result::transient});
  }
  ASSERT_EQ(writes<put_dead_letter>().size(), 1u);
  EXPECT_EQ(writes<put_dead_letter>().front().reason, dead_reason::budget_spent);
  EXPECT_EQ(writes<put_dead_letter>().front().attempts, 3u);
  ASSERT_EQ(fx.loads.size(), 1u);
  EXPECT_EQ(fx.loads.front().from.value, 1u);
}

TEST_F(SinkLanesRetry, WaitsAsLongAsTheTargetAsksFor) {
  start({}, three_attempts);
  read({"a"});
  const std::vector<settled_event> asked{{0, {result::transient, "busy", 90s}}};
  lanes->on_outcomes(last_delivery(), asked, now, 0.5, fx);
  EXPECT_EQ(lanes->next_due(), now + 90s);
}

TEST_F(SinkLanesRetry, BuriesAWaitingEventWhoseHistoryCannotBeRead) {
  start({}, three_attempts);
  read({"a"});
  answer(last_delivery(), {result::transient});
  now += 1s;
  due();
  const auto id = fx.loads.front().id;
  fx = {};
  lanes->on_unreadable(id, base::log_offset{0}, {}, "checksum", now, fx);
  EXPECT_EQ(writes<put_dead_letter>().front().reason, dead_reason::unreadable);
  EXPECT_EQ(lanes->counts().dead, 1u);
  EXPECT_EQ(lanes->lanes(), 0u);
}

TEST_F(SinkLanesRetry, LetsTheTicketFlowWhenTheStoreLostWhatWaited) {
  start({}, three_attempts);
  read({"a"});
  answer(last_delivery(), {result::transient});
  now += 1s;
  due();
  const auto id = fx.loads.front().id;
  lanes->on_nothing_waiting(id, now, fx);
  EXPECT_EQ(lanes->lanes(), 0u);
  EXPECT_EQ(lanes->counts().waiting, 1u); // for a verification to find
}

TEST_F(SinkLanesRetry, ContinuesTheLanesThatAreOnDiskAfterARestart) {
  v1::SinkCursor cursor;
  cursor.set_next_offset(9);
  cursor.set_waiting(3);
  v1::WaitingEntry head;
  head.set_attempts(2);
  head.set_due_at_us(base::to_us(now + 5s));
  start({}, three_attempts, cursor, {{"a", base::log_offset{4}, head, 3}});
  read({"a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(10)));
  EXPECT_EQ(lanes->counts().waiting, 4u);
  EXPECT_EQ(lanes->next_due(), now + 5s);
}

TEST_F(SinkLanesRetry, ReadsNothingNewWhileAsManyTicketsWaitAsMay) {
  start({.lanes_max = 1}, three_attempts);
  read({"a"});
  answer(last_delivery(), {result::transient});
  EXPECT_FALSE(lanes->demand().has_value());
  EXPECT_EQ(lanes->requeue({"b", base::log_offset{0}, false, false}, now, fx), requeue_result::refused_full);
}

TEST_F(SinkLanesRetry, PutsARequeuedEventBeforeTheNewerOnesOfItsTicket) {
  start({.batches_in_flight_max = 1}, three_attempts);
  read({"b", "a", "a"});
  answer(last_delivery(), {result::delivered});
  answer(last_delivery(), {result::permanent}); // offset 1 is dead, 2 is on its way
  ASSERT_THAT(sent(), ElementsAre(ElementsAre(2)));
  answer(last_delivery(), {result::transient});
  fx = {};
  EXPECT_EQ(lanes->requeue({"a", base::log_offset{1}, false, false}, now, fx), requeue_result::accepted);
  ASSERT_EQ(fx.loads.size(), 1u);
  EXPECT_EQ(fx.loads.front().from.value, 1u);
  EXPECT_EQ(writes<erase_dead_letter>().size(), 1u);
  EXPECT_EQ(lanes->counts().dead, 0u);
  EXPECT_EQ(lanes->counts().waiting, 2u);
}

TEST_F(SinkLanesRetry, RefusesARequeueWhenANewerEventOfTheTicketIsDeliveredOrOnItsWay) {
  start({}, three_attempts);
  read({"a", "a"});
  answer(last_delivery(), {result::permanent});
  fx = {};
  EXPECT_EQ(lanes->requeue({"a", base::log_offset{0}, false, false}, now, fx), requeue_result::refused_superseded);
  EXPECT_EQ(lanes->requeue({"z", base::log_offset{0}, true, false}, now, fx), requeue_result::refused_superseded);
  EXPECT_FALSE(fx.must_write());
}

TEST_F(SinkLanesRetry, MarksAnOlderEventThatAnOperatorSendsAllTheSame) {
  start({}, three_attempts);
  read({"a", "a"});
  answer(last_delivery(), {result::permanent});
  answer(last_delivery(), {result::delivered});
  fx = {};
  EXPECT_EQ(lanes->requeue({"a", base::log_offset{0}, true, true}, now, fx), requeue_result::accepted);
  EXPECT_TRUE(writes<put_waiting>().front().entry.allow_older());
  const auto entry = writes<put_waiting>().front().entry;
  const auto id = fx.loads.front().id;
  fx = {};
  lanes->on_loaded(id, {base::log_offset{0}, base::ticket_sequence{1}, "bytes", entry}, now, fx);
  EXPECT_TRUE(fx.deliveries.front().events.front().allow_older);
}

TEST_F(SinkLanesRetry, MovesNothingBehindALaneWhileAnOlderEventOfTheTicketIsInFlight) {
  start({.batch_events_max = 2, .batches_in_flight_max = 1}, three_attempts);
  read({"a", "a", "a"});
  const auto id = last_delivery();
  answer(id, {result::transient}); // 1 is still in flight
  EXPECT_EQ(writes<put_waiting>().size(), 1u);
  const std::vector<settled_event> rest{{1, {result::skipped, {}, std::nullopt}}};
  fx = {};
  lanes->on_outcomes(id, rest, now, 1.0, fx);
  ASSERT_EQ(writes<put_waiting>().size(), 2u);
  EXPECT_EQ(writes<put_waiting>()[0].offset.value, 1u);
  EXPECT_EQ(writes<put_waiting>()[1].offset.value, 2u);
}

TEST_F(SinkLanesRetry, CountsADiscardedDeadLetter) {
  start({}, three_attempts);
  read({"a"});
  answer(last_delivery(), {result::permanent});
  fx = {};
  lanes->discard(base::log_offset{0}, fx);
  EXPECT_EQ(fx.cursor->dead(), 0u);
  EXPECT_EQ(fx.cursor->discarded(), 1u);
  EXPECT_THAT(writes<erase_dead_letter>(), ::testing::SizeIs(1));
}

TEST_F(SinkLanesRetry, LoadsOnlyAQuarterAsManyHeadsAsTheWindowHolds) {
  start({.in_flight_events_max = 8, .batches_in_flight_max = 8}, three_attempts);
  read({"a", "b", "c", "d", "e"});
  for (const auto& delivery : std::vector{fx.deliveries})
    answer(delivery.id, {result::transient});
  now += 1min;
  due();
  EXPECT_EQ(fx.loads.size(), 2u);
  EXPECT_FALSE(lanes->next_due().has_value());
}

TEST_F(SinkLanesRetry, KeepsTheLastAttemptsWithWhatWasSaidThroughWaitingToTheDeadLetter) {
  start({}, {{std::chrono::seconds{1}, std::chrono::seconds{1}, 1.0, 0.0}, 8});
  read({"a"});
  auto fails = [&](std::uint64_t delivery, std::uint32_t n) {
    fx = {};
    lanes->on_outcomes(
        delivery,
        std::vector<settled_event>{{0, {result::transient, "try " + std::to_string(n), std::nullopt, "POST … 503"}}},
        now, 0.0, fx);
  };
  fails(last_delivery(), 1);
  for (std::uint32_t n = 2; n <= 8; ++n) {
    const auto entry = writes<put_waiting>().front().entry;
    now += std::chrono::seconds{2};
    due();
    const auto id = fx.loads.front().id;
    fx = {};
    lanes->on_loaded(id, {base::log_offset{0}, base::ticket_sequence{1}, "bytes", entry}, now, fx);
    fails(last_delivery(), n);
  }
  ASSERT_EQ(writes<put_dead_letter>().size(), 1u);
  const auto letter = writes<put_dead_letter>().front();
  EXPECT_EQ(letter.attempts, 8u);
  ASSERT_EQ(letter.tries.size(), kept_attempts_max);
  EXPECT_EQ(letter.tries.Get(0).number(), 4u);
  EXPECT_EQ(letter.tries.Get(kept_attempts_max - 1).reason(), "try 8");
  EXPECT_EQ(letter.tries.Get(kept_attempts_max - 1).exchange(), "POST … 503");
}

TEST_F(SinkLanesRetry, AnEditedEventStaysEditedUntilItIsDelivered) {
  start({});
  read({"a"});
  answer(last_delivery(), {result::permanent});
  fx = {};
  lanes->requeue({"a", base::log_offset{0}, false, false, false, "edited"}, now, fx);
  const auto entry = writes<put_waiting>().front().entry;
  EXPECT_EQ(entry.edited_event(), "edited");
  const auto id = fx.loads.front().id;
  fx = {};
  lanes->on_loaded(id, {base::log_offset{0}, base::ticket_sequence{1}, "edited", entry}, now, fx);
  answer(last_delivery(), {result::permanent});
  EXPECT_TRUE(writes<put_dead_letter>().front().edited);
  EXPECT_EQ(writes<put_dead_letter>().front().event, "edited");
}

} // namespace
} // namespace cxstream::protocols
