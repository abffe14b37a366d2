// A ticket is mended while none of its events is with the target.
#include "unit/protocols/delivery_gate_fixture.hpp"

namespace cxstream::protocols {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeliveryGateMend : public delivery_gate_scenario {
protected:
  void begin_mend(const std::string& ticket) {
    fx = {};
    gate->begin_mend(ticket, fx);
  }
  void end_mend(const std::string& ticket) {
    fx = {};
    gate->end_mend(ticket, now, fx);
  }
  std::vector<std::string> granted() const {
    std::vector<std::string> out;
    for (const auto& turn : fx.turns)
      if (turn.granted)
        out.push_back(turn.ticket_id);
    return out;
  }
};

TEST_F(DeliveryGateMend, HasItsTurnAtOnceWhenNothingOfTheTicketIsInACall) {
  start({8, 2, 100});
  offer({"b"});
  begin_mend("a");
  EXPECT_THAT(granted(), ElementsAre("a"));
}

TEST_F(DeliveryGateMend, WaitsForTheCallThatHasTheTicket) {
  start({8, 1, 100});
  offer({"a", "b"});
  begin_mend("a");
  EXPECT_THAT(fx.turns, IsEmpty());
  answer(1, {result::delivered, result::delivered});
  EXPECT_THAT(granted(), ElementsAre("a"));
}

TEST_F(DeliveryGateMend, HoldsBackThatTicketAndNoOther) {
  start({8, 1, 100});
  begin_mend("a");
  fx = {};
  offer({"a", "b"});
  EXPECT_THAT(called(), ElementsAre("b"));
  offer({"a"});
  offer({"c"});
  answer(1, {result::delivered});
  EXPECT_THAT(called(), ElementsAre("c"));
  answer(2, {result::delivered});
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_EQ(gate->next_due(), std::nullopt) << "nothing to do before it is mended";
  end_mend("a");
  ASSERT_THAT(called(), ElementsAre("a", "a"));
  EXPECT_LT(fx.calls[0].events->front().sequence, fx.calls[0].events->back().sequence);
  answer(3, {result::delivered, result::delivered});
  EXPECT_EQ(gate->batches(), 0u);
}

TEST_F(DeliveryGateMend, WhatFailedMeanwhileIsHeldToo) {
  start({8, 1, 100});
  offer({"a"});
  begin_mend("a");
  answer(1, {result::throttled}, 1s);
  EXPECT_THAT(granted(), ElementsAre("a"));
  now += 2s;
  timer();
  EXPECT_THAT(called(), IsEmpty());
  end_mend("a");
  EXPECT_THAT(called(), ElementsAre("a"));
}

TEST_F(DeliveryGateMend, IsRefusedWhileTheConnectorHasPutAnEventOff) {
  start({8, 1, 100});
  offer({"a"});
  begin_mend("a");
  answer(1, {result::deferred}, 1s);
  ASSERT_THAT(fx.turns, SizeIs(1));
  EXPECT_FALSE(fx.turns[0].granted);
  begin_mend("a");
  ASSERT_THAT(fx.turns, SizeIs(1));
  EXPECT_FALSE(fx.turns[0].granted);
  now += 1s;
  timer();
  EXPECT_THAT(called(), ElementsAre("a")) << "what is not mended is not held back";
}

} // namespace
} // namespace cxstream::protocols
