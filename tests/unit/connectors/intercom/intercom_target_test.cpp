// The Intercom sink against a stand-in of a workspace.
#include "connectors/intercom/plan.hpp"

#include "support/vendors/helpdesks.hpp"
#include "support/vendors/vendor_sink_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::intercom_workspace;
using support::risky;
using support::said;
using testing::Each;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class IntercomTarget : public support::vendor_sink_test<intercom_workspace> {
protected:
  IntercomTarget() : vendor_sink_test(plan_intercom, "intercom", v1::CRM) {
    usual.settings["url"] = workspace.url();
    usual.settings["access_token"] = std::string(intercom_workspace::access_token);
    usual.settings["admin_id"] = std::string(intercom_workspace::admin_id);
  }

  intercom_workspace& workspace = vendor;
};
using IntercomPlan = IntercomTarget;

TEST_F(IntercomTarget, WritesAttributesOfConversationsAndOfTickets) {
  workspace.add("/conversations/12");
  workspace.add("/tickets/12");
  const std::vector batch{log.add(risky("12", "high"))};
  EXPECT_TRUE(all_delivered(open()->deliver(batch, now)));
  EXPECT_TRUE(all_delivered(open({{"object", "ticket"}})->deliver(batch, now)));
  for (const auto* path : {"/conversations/12", "/tickets/12"}) {
    EXPECT_EQ(workspace.attributes(path)["cx_churn_risk"], "high") << path;
    EXPECT_EQ(workspace.attributes(path)["cx_idempotency_key"], "12/1") << path;
    EXPECT_TRUE(workspace.attributes(path)["cx_churn_risk_score"].is_null()) << path;
  }
  EXPECT_EQ(workspace.server().requests()[0].header("Intercom-Version"), "2.11");
}

TEST_F(IntercomTarget, ASignalHasOneTagAndOtherTagsStay) {
  workspace.add("/conversations/12", {"vip", "cx_churn_risk_low"});
  const auto target = open({{"tags", "churn_risk"}});
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("12", "high"))}, now)));
  EXPECT_THAT(workspace.tags("/conversations/12"), UnorderedElementsAre("vip", "cx_churn_risk_high"));
}

TEST_F(IntercomTarget, ATagThatWasDeletedThereIsMadeAgain) {
  workspace.add("/conversations/12");
  const auto target = open({{"tags", "churn_risk"}});
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("12", "high"))}, now)));
  workspace.delete_tag("cx_churn_risk_high");
  const std::vector batch{log.add(risky("12", "high", 2))};
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::transient));
  EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
  EXPECT_THAT(workspace.tags("/conversations/12"), UnorderedElementsAre("cx_churn_risk_high"));
}

TEST_F(IntercomTarget, AConversationThatIsNotThereIsADeadLetterAndNeverMade) {
  const auto outcomes = open()->deliver(std::vector{log.add(risky("12", "high"))}, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::permanent));
  EXPECT_THAT(outcomes[0].exchange, HasSubstr("not_found"));
  EXPECT_THAT(results(open()->deliver(std::vector{log.add(risky("a/b", "high"))}, now)), Each(delivery_result::unfit));
}

TEST_F(IntercomTarget, PausesUntilTheWindowOfItsLimitEnds) {
  workspace.add("/conversations/12");
  const auto target = open();
  const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  workspace.server().next(said(429).with("X-RateLimit-Reset", std::to_string(now_s + 8)));
  const auto limited = deliver(*target, risky("12", "high"));
  EXPECT_EQ(limited.result, delivery_result::throttled);
  EXPECT_EQ(limited.retry_after, 8s);
  workspace.server().next(said(429));
  EXPECT_EQ(deliver(*target, risky("12", "high", 2)).retry_after, 10s);
}

TEST_F(IntercomPlan, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(refusal_with({}), "");
  EXPECT_THAT(refusal_with({{"access_token", ""}}), HasSubstr("access_token"));
  EXPECT_THAT(refusal_with({{"object", "contact"}}), HasSubstr("object"));
  EXPECT_THAT(refusal_with({{"tags", "effort"}, {"admin_id", "me"}}), HasSubstr("admin_id"));
}

} // namespace
} // namespace cxstream::connectors
