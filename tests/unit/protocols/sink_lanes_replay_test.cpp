// Events that are sent once more, beside what is read.
#include "unit/protocols/sink_lanes_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using fate = replay_fate;

class SinkLanesReplay : public sink_lanes_scenario {
protected:
  // The events at these offsets, of tickets read before.
  std::vector<fate> replay(const std::vector<std::pair<std::string, std::uint64_t>>& events) {
    std::vector<replay_event> wish;
    for (const auto& [ticket, offset] : events)
      wish.push_back({base::log_offset{offset}, base::ticket_sequence{1}, ticket, "bytes"});
    fx = {};
    return lanes->replay(wish, now, fx);
  }
  void deliver(const std::vector<std::string>& tickets) {
    read(tickets);
    while (!fx.deliveries.empty()) {
      const auto id = fx.deliveries.front().id;
      answer(id, std::vector<result>(tickets.size(), result::delivered));
    }
  }
};

TEST_F(SinkLanesReplay, SendsDecidedEventsInADeliveryOfTheirOwnAndChangesNoAccount) {
  start({.batch_events_max = 8, .batches_in_flight_max = 1});
  deliver({"a", "b"});
  const auto before = lanes->cursor().SerializeAsString();
  EXPECT_THAT(replay({{"a", 0}, {"b", 1}}), ElementsAre(fate::taken, fate::taken));
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0, 1)));
  EXPECT_TRUE(fx.deliveries.front().background);
  answer(last_delivery(), {result::delivered, result::permanent});
  ASSERT_EQ(fx.replays.size(), 2u);
  EXPECT_EQ(fx.replays[1].outcome.result, result::permanent);
  EXPECT_EQ(lanes->cursor().SerializeAsString(), before);
  EXPECT_FALSE(fx.must_write());
}

TEST_F(SinkLanesReplay, HoldsWhatComesOfTheTicketUntilItIsAnswered) {
  start({.batches_in_flight_max = 8});
  deliver({"a"});
  replay({{"a", 0}});
  const auto replayed = last_delivery();
  read({"a", "b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(2)));
  answer(replayed, {result::transient});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(lanes->counts().waiting, 0u);
}

TEST_F(SinkLanesReplay, LeavesATicketAloneThatHasSomethingElseToSend) {
  start({.batches_in_flight_max = 1});
  read({"a", "b"});
  const auto first = last_delivery();
  EXPECT_THAT(replay({{"a", 0}}), ElementsAre(fate::left));
  answer(first, {result::delivered});
  read({"a"});
  EXPECT_THAT(replay({{"a", 0}}), ElementsAre(fate::busy));
  EXPECT_THAT(fx.deliveries, IsEmpty());
}

TEST_F(SinkLanesReplay, WhatWaitsOfATicketCarriesItWhereStateIsSent) {
  start({.batches_in_flight_max = 1, .coalesce = true});
  deliver({"a"});
  read({"x"});
  read({"a"});
  EXPECT_THAT(replay({{"a", 0}}), ElementsAre(fate::carried));
}

TEST_F(SinkLanesReplay, TakesNoMoreThanABatchAndKeepsATicketsOrder) {
  start({.batch_events_max = 2});
  deliver({"a"});
  deliver({"b"});
  deliver({"c"});
  EXPECT_THAT(replay({{"a", 0}, {"b", 1}, {"c", 2}, {"a", 0}}),
              ElementsAre(fate::taken, fate::taken, fate::busy, fate::busy));
}

TEST_F(SinkLanesReplay, TakesNoPlaceOfWhatIsReadAndSendsNothingWhilePaused) {
  start({.batches_in_flight_max = 1});
  deliver({"a"});
  replay({{"a", 0}});
  read({"b"});
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(1)));
  lanes->pause();
  EXPECT_THAT(replay({{"a", 0}}), ElementsAre(fate::busy));
}

TEST_F(SinkLanesReplay, ASeekAwaitsWhatWasReplayedAndSaysWhatBecameOfIt) {
  start({});
  deliver({"a"});
  replay({{"a", 0}});
  const auto replayed = last_delivery();
  fx = {};
  lanes->seek(base::log_offset{0}, 0, 0, now, fx);
  read({"a"});
  EXPECT_THAT(sent(), IsEmpty());
  answer(replayed, {result::delivered});
  EXPECT_EQ(fx.replays.size(), 1u);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(0)));
}

} // namespace
} // namespace cxstream::protocols
