// The Zendesk sink against a stand-in of an account.
#include "connectors/zendesk/plan.hpp"

#include "support/vendors/helpdesks.hpp"
#include "support/vendors/vendor_sink_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::said;
using support::zendesk_account;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class ZendeskTarget : public support::vendor_sink_test<zendesk_account> {
protected:
  ZendeskTarget() : vendor_sink_test(plan_zendesk, "zendesk", v1::CUSTOM) {
    for (const auto& [source, name] :
         {std::pair{"churn_risk.label", "360001"}, {"driver", "360002"}, {"status", "priority"}}) {
      auto& field = *usual.projection.add_fields();
      field.set_source(source);
      field.set_name(name);
    }
    usual.settings["url"] = account.url();
    usual.settings["email"] = std::string(zendesk_account::email);
    usual.settings["api_token"] = std::string(zendesk_account::api_token);
  }
  static v1::CanonicalEvent risky(const std::string& ticket, const std::string& label, std::uint64_t n = 1) {
    auto event = support::risky(ticket, label, n);
    event.set_driver("billing");
    return event;
  }

  zendesk_account& account = vendor;
};
using ZendeskPlan = ZendeskTarget;

TEST_F(ZendeskTarget, WritesCustomFieldsByTheirIdsAndFieldsOfTheTicket) {
  account.add_ticket("35436");
  auto event = risky("35436", "high");
  event.set_status("urgent");
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{log.add(event)}, now)));
  EXPECT_EQ(account.fields("35436"),
            nlohmann::json::parse(R"({"360001":"high","360002":"billing","priority":"urgent"})"));
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST_F(ZendeskTarget, ASignalHasOneTagAndOtherTagsStay) {
  account.add_ticket("1", {"vip", "cx_churn_risk_low", "cx_sentiment_negative"});
  const auto target = open({{"tags", "churn_risk"}});
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("1", "high"))}, now)));
  EXPECT_THAT(account.tags("1"), UnorderedElementsAre("vip", "cx_churn_risk_high", "cx_sentiment_negative"));
  account.server().forget_requests();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(risky("1", "high", 2))}, now)));
  EXPECT_EQ(account.server().requests().size(), 1U) << "nothing to do about the tags";
  auto cleared = event_of("1", 3);
  cleared.mutable_cleared()->add_paths("churn_risk");
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add(cleared)}, now)));
  EXPECT_THAT(account.tags("1"), UnorderedElementsAre("vip", "cx_sentiment_negative"));
}

TEST_F(ZendeskTarget, ATicketThatIsNotThereOrClosedIsADeadLetterAndNeverMade) {
  account.add_ticket("1");
  account.close_ticket("1");
  const auto outcomes = open()->deliver(std::vector{log.add(risky("1", "high")), log.add(risky("2", "high"))}, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::permanent));
  EXPECT_THAT(outcomes[0].exchange, HasSubstr("closed prevents ticket update"));
  EXPECT_THAT(outcomes[0].exchange, Not(HasSubstr("dG9rZW4"))) << "the credentials are masked";
  EXPECT_THAT(outcomes[1].reason, HasSubstr("404"));
}

TEST_F(ZendeskTarget, WhatIsNoIdOfATicketIsNotSent) {
  const auto target = open();
  for (const auto* id : {"INC1", "12/tags", "", "-1", "012"})
    EXPECT_THAT(results(target->deliver(std::vector{log.add(risky(id, "high"))}, now)), Each(delivery_result::unfit))
        << id;
  EXPECT_TRUE(account.server().requests().empty());
}

TEST_F(ZendeskTarget, TellsCredentialsConflictsAndLimitsFromTheEvent) {
  account.add_ticket("1");
  const auto target = open();
  const auto result_of = [&](support::scripted_reply reply) {
    account.server().next(std::move(reply));
    return deliver(*target, risky("1", "high"));
  };
  EXPECT_EQ(result_of(said(409)).result, delivery_result::transient);
  EXPECT_EQ(result_of(said(403)).result, delivery_result::unreachable);
  EXPECT_EQ(result_of(said(503)).result, delivery_result::transient);
  const auto limited = result_of(said(429).with("Retry-After", "7"));
  EXPECT_EQ(limited.result, delivery_result::throttled);
  EXPECT_EQ(limited.retry_after, 7s);
  const auto wrong = open({{"api_token", "another-token"}});
  EXPECT_EQ(wrong->deliver(std::vector{log.add(risky("1", "high"))}, now).at(0).result, delivery_result::unreachable);
}

TEST_F(ZendeskTarget, APauseHoldsTheRestOfTheCall) {
  account.add_ticket("1");
  account.add_ticket("2");
  account.server().next(said(429).with("Retry-After", "7"));
  const std::vector batch{log.add(risky("1", "high")), log.add(risky("2", "high"))};
  EXPECT_THAT(results(open()->deliver(batch, now)), Each(delivery_result::throttled));
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST_F(ZendeskPlan, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(refusal_of(sink()), "");
  EXPECT_THAT(refusal_of(sink({{"api_token", ""}})), HasSubstr("api_token"));
  EXPECT_THAT(refusal_of(sink({{"tags", "driver"}})), HasSubstr("tags"));
  auto unnamed = sink();
  unnamed.projection.mutable_fields(0)->set_name("Churn Risk");
  EXPECT_THAT(refusal_of(unnamed), HasSubstr("neither the id of a custom field"));
  auto nothing = sink();
  nothing.projection.clear_fields();
  nothing.projection.set_kind(v1::CRM);
  EXPECT_THAT(refusal_of(nothing), HasSubstr("writes nothing"));
}

} // namespace
} // namespace cxstream::connectors
