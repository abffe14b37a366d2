// The Intercom sink against a stand-in of a workspace.
#include "connectors/intercom/plan.hpp"

#include "support/vendors/helpdesks.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::intercom_workspace;
using support::said;
using testing::Each;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

config::sink_config sink_to(const intercom_workspace& workspace, std::map<std::string, std::string> more = {}) {
  config::sink_config sink;
  sink.name = "writeback";
  sink.kind = "intercom";
  sink.projection.set_kind(v1::CRM);
  sink.settings = {{"url", workspace.url()},
                   {"access_token", std::string(intercom_workspace::access_token)},
                   {"admin_id", std::string(intercom_workspace::admin_id)},
                   {"allow_private", "true"},
                   {"timeout", "2s"}};
  for (auto& [name, value] : more)
    sink.settings[name] = value;
  return sink;
}

std::unique_ptr<ports::target> target_at(const intercom_workspace& workspace,
                                         std::map<std::string, std::string> more = {}) {
  auto planned = plan_intercom(sink_to(workspace, std::move(more)));
  EXPECT_TRUE(planned) << planned.err().message;
  EXPECT_TRUE(planned->target->open());
  return std::move(planned->target);
}

v1::CanonicalEvent risky(const std::string& ticket, const std::string& label, std::uint64_t n = 1) {
  auto event = event_of(ticket, n);
  event.mutable_churn_risk()->set_label(label);
  return event;
}

TEST(IntercomTarget, WritesAttributesOfConversationsAndOfTickets) {
  intercom_workspace workspace;
  workspace.add("/conversations/12");
  workspace.add("/tickets/12");
  log_of_events log;
  const std::vector batch{log.add(risky("12", "high"))};
  EXPECT_TRUE(all_delivered(target_at(workspace)->deliver(batch, now)));
  EXPECT_TRUE(all_delivered(target_at(workspace, {{"object", "ticket"}})->deliver(batch, now)));
  for (const auto* path : {"/conversations/12", "/tickets/12"}) {
    EXPECT_EQ(workspace.attributes(path)["cx_churn_risk"], "high") << path;
    EXPECT_EQ(workspace.attributes(path)["cx_idempotency_key"], "12/1") << path;
    EXPECT_TRUE(workspace.attributes(path)["cx_churn_risk_score"].is_null()) << path;
  }
  EXPECT_EQ(workspace.server().requests()[0].header("Intercom-Version"), "2.11");
}

TEST(IntercomTarget, ASignalHasOneTagAndOtherTagsStay) {
  intercom_workspace workspace;
  workspace.add("/conversations/12", {"vip", "cx_churn_risk_low"});
  log_of_events log;
  const auto target = target_at(workspace, {{"tags", "churn_risk"}});
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("12", "high"))}, now)));
  EXPECT_THAT(workspace.tags("/conversations/12"), UnorderedElementsAre("vip", "cx_churn_risk_high"));
}

TEST(IntercomTarget, ATagThatWasDeletedThereIsMadeAgain) {
  intercom_workspace workspace;
  workspace.add("/conversations/12");
  log_of_events log;
  const auto target = target_at(workspace, {{"tags", "churn_risk"}});
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("12", "high"))}, now)));
  workspace.delete_tag("cx_churn_risk_high");
  const std::vector batch{log.add(risky("12", "high", 2))};
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::transient));
  EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
  EXPECT_THAT(workspace.tags("/conversations/12"), UnorderedElementsAre("cx_churn_risk_high"));
}

TEST(IntercomTarget, AConversationThatIsNotThereIsADeadLetterAndNeverMade) {
  intercom_workspace workspace;
  log_of_events log;
  const auto outcomes = target_at(workspace)->deliver(std::vector{log.add(risky("12", "high"))}, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::permanent));
  EXPECT_THAT(outcomes[0].exchange, HasSubstr("not_found"));
  EXPECT_THAT(results(target_at(workspace)->deliver(std::vector{log.add(risky("a/b", "high"))}, now)),
              Each(delivery_result::unfit));
}

TEST(IntercomTarget, PausesUntilTheWindowOfItsLimitEnds) {
  intercom_workspace workspace;
  workspace.add("/conversations/12");
  log_of_events log;
  const auto target = target_at(workspace);
  const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  workspace.server().next(said(429).with("X-RateLimit-Reset", std::to_string(now_s + 8)));
  const auto limited = target->deliver(std::vector{log.add(risky("12", "high"))}, now).at(0);
  EXPECT_EQ(limited.result, delivery_result::throttled);
  EXPECT_EQ(limited.retry_after, 8s);
  workspace.server().next(said(429));
  EXPECT_EQ(target->deliver(std::vector{log.add(risky("12", "high", 2))}, now).at(0).retry_after, 10s);
}

TEST(IntercomPlan, SaysWhatIsWrongWithItsSettings) {
  const intercom_workspace workspace;
  const auto why = [&](std::map<std::string, std::string> more) {
    const auto planned = plan_intercom(sink_to(workspace, std::move(more)));
    return planned ? std::string() : planned.err().message;
  };
  EXPECT_EQ(why({}), "");
  EXPECT_THAT(why({{"access_token", ""}}), HasSubstr("access_token"));
  EXPECT_THAT(why({{"object", "contact"}}), HasSubstr("object"));
  EXPECT_THAT(why({{"tags", "effort"}, {"admin_id", "me"}}), HasSubstr("admin_id"));
}

} // namespace
} // namespace cxstream::connectors
