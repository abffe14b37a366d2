#include "protocols/reconciliation/sink_book.hpp"

#include "unit/protocols/partition_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using testing::ElementsAre;

// A ticket of five events, at the offsets 0 to 4.
class SinkBook : public testing::Test {
protected:
  SinkBook() {
    for (int i = 0; i < 5; ++i)
      p_.append({support::plain_event("T", std::to_string(i), i)});
  }
  ticket_events read(kept_by_sink kept, std::uint64_t decided, std::vector<std::uint64_t> waiting = {},
                     std::vector<std::uint64_t> dead = {}) const {
    const model::compiled_filter everything;
    const sink_book book(p_.store, "crm", everything, kept);
    sink_moment moment;
    moment.cursor.set_next_offset(decided);
    moment.waiting = std::move(waiting);
    moment.dead = std::move(dead);
    std::vector<base::log_offset> offsets;
    for (std::uint64_t i = 0; i < 5; ++i)
      offsets.emplace_back(i);
    auto out = book.of_ticket(harness_partition, offsets, moment);
    EXPECT_TRUE(out);
    return *out;
  }
  static std::vector<std::uint64_t> offsets(const ticket_events& ticket) {
    std::vector<std::uint64_t> out;
    for (const auto& event : ticket.events)
      out.push_back(event.offset.value);
    return out;
  }

  partition_harness p_;
};

TEST_F(SinkBook, OfASinkOfHistoryTellsWhatIsDeliveredThenWhatIsOnItsWayAndNothingThatWasGivenUp) {
  const auto ticket = read(kept_by_sink::history, 4, {2}, {1});
  EXPECT_THAT(offsets(ticket), ElementsAre(0, 3, 2, 4));
  EXPECT_EQ(ticket.delivered, 2U);
  EXPECT_FALSE(ticket.is_on_its_way);
}

TEST_F(SinkBook, OfASinkOfStateIsSureOfAllWhenNothingIsOnItsWay) {
  const auto ticket = read(kept_by_sink::state, 5);
  EXPECT_THAT(offsets(ticket), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(ticket.delivered, 5U);
}

// Event 3 may be decided because 4 carries it, which waits or has not been sent yet.
TEST_F(SinkBook, OfASinkOfStateIsSureOfNothingWhileAnEventIsOnItsWay) {
  for (const auto& ticket : {read(kept_by_sink::state, 4), read(kept_by_sink::state, 5, {4})}) {
    EXPECT_THAT(offsets(ticket), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_EQ(ticket.delivered, 0U);
    EXPECT_TRUE(ticket.is_on_its_way);
  }
}

TEST_F(SinkBook, OfASinkOfStateKnowsThatWhatFollowsADeadLetterSaysItToo) {
  const auto ticket = read(kept_by_sink::state, 5, {}, {2});
  EXPECT_THAT(offsets(ticket), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(ticket.delivered, 5U);
}

TEST_F(SinkBook, OfASinkOfStateIsSureOfNothingAfterALastEventThatWasGivenUp) {
  const auto ticket = read(kept_by_sink::state, 5, {}, {3, 4});
  EXPECT_THAT(offsets(ticket), ElementsAre(0, 1, 2));
  EXPECT_EQ(ticket.delivered, 0U);
  EXPECT_FALSE(ticket.is_on_its_way);
  EXPECT_THAT(offsets(read(kept_by_sink::state, 5, {}, {0, 1, 2, 3, 4})), ElementsAre(0, 1, 2, 3, 4));
}

} // namespace
} // namespace cxstream::protocols
