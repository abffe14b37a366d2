// What a sink does that wants tickets as they are, not their history.
#include "unit/protocols/sink_lanes_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SinkLanesCoalescing : public sink_lanes_scenario {
protected:
  SinkLanesCoalescing() {
    start({.batch_events_max = 4, .batches_in_flight_max = 1, .coalesce = true});
  }
  // One event, at the next offset.
  void read_late(const std::string& ticket) {
    history_page page{lanes->read_to(), {}, {}};
    page.events.push_back({page.from, base::ticket_sequence{++sequence[ticket]}, ticket, "bytes", true, true});
    page.next = base::log_offset{page.from.value + 1};
    fx = {};
    lanes->on_history(std::move(page), now, fx);
  }
  // "x" is on its way, so that nothing else leaves.
  std::uint64_t keep_busy() {
    read({"x"});
    return last_delivery();
  }
  // "a" failed once and waits; then it is due and asked for.
  std::uint64_t wait_and_come_due() {
    read({"a"});
    answer(last_delivery(), {result::transient});
    now += std::chrono::minutes{1};
    due();
    return fx.loads.front().id;
  }
};

TEST_F(SinkLanesCoalescing, SendsOnlyTheNewestOfATicketsQueuedEventsAndCountsTheOthers) {
  const auto busy = keep_busy();
  read({"a", "b", "a", "a"});
  EXPECT_EQ(lanes->counts().coalesced, 2u);
  answer(busy, {result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(4, 2)));
  answer(last_delivery(), {result::delivered, result::delivered});
  EXPECT_EQ(lanes->counts().delivered, 3u);
  EXPECT_EQ(lanes->cursor().next_offset(), 5u);
}

TEST_F(SinkLanesCoalescing, NeverCoalescesWhatIsInFlight) {
  read({"a"});
  const auto first = last_delivery();
  read({"a", "a"});
  EXPECT_EQ(lanes->counts().coalesced, 1u);
  answer(first, {result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(2)));
}

TEST_F(SinkLanesCoalescing, LetsALateEventBeCarriedByTheOneThatIsNot) {
  const auto busy = keep_busy();
  read({"a"});
  read_late("a");
  answer(busy, {result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(lanes->counts().coalesced, 1u);
}

TEST_F(SinkLanesCoalescing, SendsALateEventThatIsAlone) {
  read({"a"});
  answer(last_delivery(), {result::delivered});
  read_late("a");
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
}

TEST_F(SinkLanesCoalescing, KeepsAtMostTheHeadAndTheNewestOfATicketOnDisk) {
  read({"a"});
  answer(last_delivery(), {result::transient});
  read({"a", "a", "a"});
  EXPECT_EQ(lanes->counts().waiting, 2u);
  EXPECT_EQ(lanes->counts().coalesced, 2u);
  EXPECT_THAT(writes<put_waiting>(), SizeIs(3));
  EXPECT_THAT(writes<erase_waiting>(), SizeIs(2));
  read_late("a");
  EXPECT_EQ(lanes->counts().waiting, 2u);
  EXPECT_EQ(lanes->counts().coalesced, 3u);
}

TEST_F(SinkLanesCoalescing, TheNewestTakesThePlaceOfAWaitingHeadAndInheritsItsAttempts) {
  const auto loading = wait_and_come_due();
  read({"a"});
  load(loading, 0, 3);
  EXPECT_THAT(fx.deliveries, IsEmpty());
  ASSERT_THAT(writes<put_waiting>(), SizeIs(1));
  EXPECT_EQ(writes<put_waiting>().front().offset.value, 1u);
  EXPECT_EQ(writes<put_waiting>().front().entry.attempts(), 3u);
  ASSERT_THAT(fx.loads, SizeIs(1));
  load(fx.loads.front().id, 1, 3);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(fx.deliveries.front().events.front().attempt, 4u);
  EXPECT_EQ(lanes->counts().waiting, 1u);
}

TEST_F(SinkLanesCoalescing, ContinuesWithTwoWaitingEventsAfterARestart) {
  v1::SinkCursor cursor;
  cursor.set_next_offset(9);
  cursor.set_waiting(2);
  cursor.set_history_base(7);
  restored_lane lane{"a", base::log_offset{3}, {}, 2, {base::log_offset{8}}};
  start({.coalesce = true}, {}, cursor, {lane});
  due();
  load(fx.loads.front().id, 3, 2);
  EXPECT_EQ(lanes->counts().coalesced, 1u);
  load(fx.loads.front().id, 8, 2);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(8)));
}

TEST_F(SinkLanesCoalescing, ARequeuedEventIsCarriedByANewerOneThatWaits) {
  read({"a"});
  answer(last_delivery(), {result::permanent});
  const auto busy = keep_busy();
  read({"a"});
  fx = {};
  ASSERT_EQ(lanes->requeue({"a", base::log_offset{0}, false, false, false, {}}, now, fx), requeue_result::accepted);
  EXPECT_EQ(lanes->counts().dead, 0u);
  EXPECT_EQ(lanes->counts().coalesced, 1u);
  answer(busy, {result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(2)));
}

TEST_F(SinkLanesCoalescing, AHistorySinkMayAskForOneEventOfATicketInABatchAll) {
  start({.batch_events_max = 4, .batches_in_flight_max = 1, .one_event_a_ticket = true});
  read({"a", "a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0, 2)));
  answer(last_delivery(), {result::delivered, result::delivered});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(lanes->counts().coalesced, 0u);
}

} // namespace
} // namespace cxstream::protocols
