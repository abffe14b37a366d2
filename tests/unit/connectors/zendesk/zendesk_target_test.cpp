// The Zendesk sink against a stand-in of an account.
#include "connectors/zendesk/plan.hpp"

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
using support::said;
using support::zendesk_account;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

config::sink_config sink_to(const zendesk_account& account, std::map<std::string, std::string> more = {}) {
  config::sink_config sink;
  sink.name = "writeback";
  sink.kind = "zendesk";
  sink.projection.set_kind(v1::CUSTOM);
  for (const auto& [source, name] :
       {std::pair{"churn_risk.label", "360001"}, {"driver", "360002"}, {"status", "priority"}}) {
    auto& field = *sink.projection.add_fields();
    field.set_source(source);
    field.set_name(name);
  }
  sink.settings = {{"url", account.url()},
                   {"email", std::string(zendesk_account::email)},
                   {"api_token", std::string(zendesk_account::api_token)},
                   {"allow_private", "true"},
                   {"timeout", "2s"}};
  for (auto& [name, value] : more)
    sink.settings[name] = value;
  return sink;
}

std::unique_ptr<ports::target> target_at(const zendesk_account& account, std::map<std::string, std::string> more = {}) {
  auto planned = plan_zendesk(sink_to(account, std::move(more)));
  EXPECT_TRUE(planned) << planned.err().message;
  EXPECT_TRUE(planned->target->open());
  return std::move(planned->target);
}

v1::CanonicalEvent risky(const std::string& ticket, const std::string& label, std::uint64_t n = 1) {
  auto event = event_of(ticket, n);
  event.mutable_churn_risk()->set_label(label);
  event.set_driver("billing");
  return event;
}

TEST(ZendeskTarget, WritesCustomFieldsByTheirIdsAndFieldsOfTheTicket) {
  zendesk_account account;
  account.add_ticket("35436");
  log_of_events log;
  auto event = risky("35436", "high");
  event.set_status("urgent");
  EXPECT_TRUE(all_delivered(target_at(account)->deliver(std::vector{log.add(event)}, now)));
  EXPECT_EQ(account.fields("35436"),
            nlohmann::json::parse(R"({"360001":"high","360002":"billing","priority":"urgent"})"));
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST(ZendeskTarget, ASignalHasOneTagAndOtherTagsStay) {
  zendesk_account account;
  account.add_ticket("1", {"vip", "cx_churn_risk_low", "cx_sentiment_negative"});
  log_of_events log;
  const auto target = target_at(account, {{"tags", "churn_risk"}});
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

TEST(ZendeskTarget, ATicketThatIsNotThereOrClosedIsADeadLetterAndNeverMade) {
  zendesk_account account;
  account.add_ticket("1");
  account.close_ticket("1");
  log_of_events log;
  const auto outcomes =
      target_at(account)->deliver(std::vector{log.add(risky("1", "high")), log.add(risky("2", "high"))}, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::permanent));
  EXPECT_THAT(outcomes[0].exchange, HasSubstr("closed prevents ticket update"));
  EXPECT_THAT(outcomes[0].exchange, Not(HasSubstr("dG9rZW4"))) << "the credentials are masked";
  EXPECT_THAT(outcomes[1].reason, HasSubstr("404"));
}

TEST(ZendeskTarget, WhatIsNoIdOfATicketIsNotSent) {
  zendesk_account account;
  log_of_events log;
  const auto target = target_at(account);
  for (const auto* id : {"INC1", "12/tags", "", "-1", "012"})
    EXPECT_THAT(results(target->deliver(std::vector{log.add(risky(id, "high"))}, now)), Each(delivery_result::unfit))
        << id;
  EXPECT_TRUE(account.server().requests().empty());
}

TEST(ZendeskTarget, TellsCredentialsConflictsAndLimitsFromTheEvent) {
  zendesk_account account;
  account.add_ticket("1");
  log_of_events log;
  const auto target = target_at(account);
  const auto result_of = [&](support::scripted_reply reply) {
    account.server().next(std::move(reply));
    return target->deliver(std::vector{log.add(risky("1", "high"))}, now).at(0);
  };
  EXPECT_EQ(result_of(said(409)).result, delivery_result::transient);
  EXPECT_EQ(result_of(said(403)).result, delivery_result::unreachable);
  EXPECT_EQ(result_of(said(503)).result, delivery_result::transient);
  const auto limited = result_of(said(429).with("Retry-After", "7"));
  EXPECT_EQ(limited.result, delivery_result::throttled);
  EXPECT_EQ(limited.retry_after, 7s);
  const auto wrong = target_at(account, {{"api_token", "another-token"}});
  EXPECT_EQ(wrong->deliver(std::vector{log.add(risky("1", "high"))}, now).at(0).result, delivery_result::unreachable);
}

TEST(ZendeskTarget, APauseHoldsTheRestOfTheCall) {
  zendesk_account account;
  account.add_ticket("1");
  account.add_ticket("2");
  log_of_events log;
  account.server().next(said(429).with("Retry-After", "7"));
  const std::vector batch{log.add(risky("1", "high")), log.add(risky("2", "high"))};
  EXPECT_THAT(results(target_at(account)->deliver(batch, now)), Each(delivery_result::throttled));
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST(ZendeskPlan, SaysWhatIsWrongWithItsSettings) {
  const zendesk_account account;
  const auto why = [](const config::sink_config& sink) {
    const auto planned = plan_zendesk(sink);
    return planned ? std::string() : planned.err().message;
  };
  EXPECT_EQ(why(sink_to(account)), "");
  EXPECT_THAT(why(sink_to(account, {{"api_token", ""}})), HasSubstr("api_token"));
  EXPECT_THAT(why(sink_to(account, {{"tags", "driver"}})), HasSubstr("tags"));
  auto unnamed = sink_to(account);
  unnamed.projection.mutable_fields(0)->set_name("Churn Risk");
  EXPECT_THAT(why(unnamed), HasSubstr("neither the id of a custom field"));
  auto nothing = sink_to(account);
  nothing.projection.clear_fields();
  nothing.projection.set_kind(v1::CRM);
  EXPECT_THAT(why(nothing), HasSubstr("writes nothing"));
}

} // namespace
} // namespace cxstream::connectors
