// What a sink does with events that are read for the first time.
#include "unit/protocols/sink_lanes_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using SinkLanes = sink_lanes_scenario;

TEST_F(SinkLanes, SendsOneTicketsEventsOneAfterTheOtherAndOthersSideBySide) {
  start({.batches_in_flight_max = 8});
  read({"a", "a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0), ElementsAre(2)));
  answer(fx.deliveries[0].id, {result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
}

TEST_F(SinkLanes, PutsSeveralEventsOfATicketInOneBatchInOrder) {
  start({.batch_events_max = 3, .batches_in_flight_max = 2});
  read({"a", "b", "a", "a", "a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0, 2, 3), ElementsAre(1, 5)));
  answer(fx.deliveries[0].id, {result::delivered, result::delivered, result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(4)));
}

TEST_F(SinkLanes, CountsWhatIsNotWantedAndMovesTheCursorPastIt) {
  start({});
  read({"-", "-"});
  ASSERT_TRUE(fx.cursor.has_value());
  EXPECT_EQ(fx.cursor->next_offset(), 2u);
  EXPECT_EQ(fx.cursor->filtered(), 2u);
  EXPECT_THAT(fx.deliveries, IsEmpty());
}

TEST_F(SinkLanes, KeepsTheCursorAtTheOldestUndecidedEventAndNamesTheDecidedOnesAbove) {
  start({});
  read({"a", "b", "-", "c"});
  answer(fx.deliveries[1].id, {result::delivered});
  EXPECT_EQ(fx.cursor->next_offset(), 0u);
  EXPECT_THAT(fx.cursor->decided_above(), ElementsAre(1, 2));
}

TEST_F(SinkLanes, DoesNotDeliverAgainWhatWasDecidedBeforeARestart) {
  v1::SinkCursor cursor;
  cursor.set_next_offset(5);
  cursor.add_decided_above(6);
  cursor.add_decided_above(40);
  cursor.set_delivered(7);
  start({}, {}, cursor);
  read({"a", "a", "a"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(5)));
  EXPECT_EQ(lanes->counts().delivered, 7u);
  EXPECT_THAT(lanes->cursor().decided_above(), ElementsAre(6, 40));
}

TEST_F(SinkLanes, StopsReadingWhenItsWindowIsFullAndGoesOnWhenAQuarterIsFree) {
  start({.in_flight_events_max = 4, .batches_in_flight_max = 1});
  EXPECT_EQ(lanes->demand()->events_max, 4u);
  read({"a", "b", "c", "d"});
  EXPECT_FALSE(lanes->demand().has_value());
  answer(last_delivery(), {result::delivered});
  ASSERT_TRUE(lanes->demand().has_value());
  EXPECT_EQ(lanes->demand()->from.value, 4u);
  EXPECT_EQ(lanes->demand()->events_max, 1u);
}

TEST_F(SinkLanes, WritesADeadLetterForWhatTheTargetWillNeverTakeAndGoesOnWithTheTicket) {
  start({.batch_events_max = 2});
  read({"a", "a"});
  answer(last_delivery(), {result::permanent, result::skipped});
  ASSERT_EQ(writes<put_dead_letter>().size(), 1u);
  const auto letter = writes<put_dead_letter>().front();
  EXPECT_EQ(letter.offset.value, 0u);
  EXPECT_EQ(letter.reason, dead_reason::permanent);
  EXPECT_EQ(letter.event, "bytes");
  EXPECT_EQ(letter.last_error, "it failed");
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(lanes->counts().dead, 1u);
}

TEST_F(SinkLanes, TriesASkippedEventAgainWithoutSpendingAnAttempt) {
  start({});
  read({"a"});
  answer(last_delivery(), {result::skipped});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(fx.deliveries.front().events.front().attempt, 1u);
  EXPECT_FALSE(fx.must_write());
}

TEST_F(SinkLanes, TakesTheOutcomesOfADeliveryInPieces) {
  start({.batch_events_max = 4, .batches_in_flight_max = 1});
  read({"a", "a", "b", "a"});
  const auto id = last_delivery();
  answer(id, {result::delivered});
  EXPECT_EQ(fx.cursor->next_offset(), 1u);
  EXPECT_EQ(lanes->deliveries_in_flight(), 1u);
  answer(id, {result::delivered, result::delivered, result::delivered, result::delivered});
  EXPECT_EQ(lanes->counts().delivered, 4u);
  EXPECT_EQ(lanes->deliveries_in_flight(), 0u);
}

TEST_F(SinkLanes, IgnoresAnAnswerThatItHasAlreadyOrNeverAskedFor) {
  start({});
  read({"a"});
  const auto id = last_delivery();
  answer(id + 100, {result::delivered});
  EXPECT_FALSE(fx.must_write());
  answer(id, {result::delivered});
  answer(id, {result::delivered});
  EXPECT_FALSE(fx.must_write());
  EXPECT_EQ(lanes->counts().delivered, 1u);
}

TEST_F(SinkLanes, IgnoresAPageThatDoesNotBeginWhereTheLastOneEnded) {
  start({});
  read({"a", "b"});
  fx = {};
  lanes->on_history({base::log_offset{0}, {}, base::log_offset{9}}, now, fx);
  EXPECT_EQ(lanes->read_to().value, 2u);
}

TEST_F(SinkLanes, SendsAndReadsNothingWhilePaused) {
  start({});
  lanes->pause();
  EXPECT_FALSE(lanes->demand().has_value());
  read({"a"}); // was under way
  EXPECT_THAT(fx.deliveries, IsEmpty());
  lanes->resume(now, fx);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0)));
}

TEST_F(SinkLanes, BeginsANewAccountAtASeekAndKeepsOlderDeadLettersInIt) {
  start({});
  read({"a", "b", "c", "d"});
  answer(fx.deliveries[0].id, {result::permanent});
  const auto before = lanes->deliveries_in_flight();
  fx = {};
  lanes->seek(base::log_offset{2}, 2, 1, now, fx);
  EXPECT_EQ(fx.cursor->next_offset(), 2u);
  EXPECT_EQ(fx.cursor->history_base(), 1u);
  EXPECT_EQ(fx.cursor->dead(), 1u);
  EXPECT_EQ(fx.cursor->delivered(), 0u);
  EXPECT_EQ(writes<erase_all_waiting>().size(), 1u);
  EXPECT_EQ(writes<erase_dead_letters_from>().front().offset.value, 2u);
  EXPECT_EQ(lanes->deliveries_in_flight(), before);
}

TEST_F(SinkLanes, SendsNothingAfterASeekUntilWhatWasInFlightHasAnswered) {
  start({});
  read({"a"});
  const auto old = last_delivery();
  fx = {};
  lanes->seek(base::log_offset{0}, 0, 0, now, fx);
  read({"a"});
  EXPECT_THAT(fx.deliveries, IsEmpty());
  answer(old, {result::delivered});
  EXPECT_EQ(lanes->counts().delivered, 0u);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0)));
}

} // namespace
} // namespace cxstream::protocols
