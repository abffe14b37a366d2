#include "connectors/outcomes.hpp"

#include "deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using connectors_test::results;
using enum ports::delivery_result;
using testing::ElementsAre;

class Outcomes : public testing::Test {
protected:
  connectors_test::log_of_events log;
  std::vector<ports::delivery> events{log.add("T1"), log.add("T2"), log.add("T1"), log.add("T1"), log.add("T2")};
};

TEST_F(Outcomes, SkipWhatIsBehindAFailureOfItsTicketAndNothingBefore) {
  outcomes out(events);
  out.set(2, failed(unfit, "no event")); // known before anything was sent
  EXPECT_FALSE(out.skips(0));
  EXPECT_FALSE(out.skips(2));
  EXPECT_TRUE(out.skips(3));
  EXPECT_FALSE(out.skips(4));
  EXPECT_THAT(results(std::move(out).take()), ElementsAre(delivered, delivered, unfit, skipped, delivered));
}

TEST_F(Outcomes, SkipWhatWasFoundUnfitBeforeAnEarlierEventFailed) {
  outcomes out(events);
  out.set(2, failed(unfit, "no event"));
  out.set(0, failed(transient, "not now"));
  EXPECT_TRUE(out.skips(3));
  const auto got = std::move(out).take();
  EXPECT_THAT(results(got), ElementsAre(transient, delivered, skipped, skipped, delivered));
  EXPECT_NE(got[2].reason, "no event");
}

TEST_F(Outcomes, GiveTheRestOfACallOneOutcomeWhereItsTicketIsNotHeld) {
  outcomes out(events);
  out.set(0, failed(permanent, "refused"));
  out.set_from(1, failed(unreachable, "gone"));
  EXPECT_THAT(results(std::move(out).take()), ElementsAre(permanent, unreachable, skipped, skipped, skipped));
}

} // namespace
} // namespace cxstream::connectors
