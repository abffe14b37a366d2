// The Salesforce sink against a stand-in of an org.
#include "connectors/salesforce/plan.hpp"

#include "connectors/factory.hpp"
#include "support/vendors/salesforce_org.hpp"
#include "support/vendors/vendor_sink_test.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::reply_ending;
using support::salesforce_org;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SalesforceTarget : public support::vendor_sink_test<salesforce_org> {
protected:
  SalesforceTarget() : vendor_sink_test(plan_salesforce, "salesforce", v1::CRM) {
    usual.settings["url"] = org.url();
    usual.settings["client_id"] = std::string(salesforce_org::client_id);
    usual.settings["client_secret"] = std::string(salesforce_org::client_secret);
  }
  std::vector<ports::delivery> events(int tickets, int accounts = 1) {
    std::vector<ports::delivery> out;
    for (int i = 0; i < tickets; ++i) {
      auto event = support::risky("T" + std::to_string(i), "high");
      event.set_account_id("A" + std::to_string(i % accounts));
      out.push_back(log.add(event));
    }
    return out;
  }

  salesforce_org& org = vendor;
};
using SalesforcePlan = SalesforceTarget;

TEST_F(SalesforceTarget, UpsertsTicketsWithTheirKeySequenceAndVersion) {
  const auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(events(3), now)));
  const auto record = org.records().at("T1");
  EXPECT_EQ(record["cx_churn_risk__c"], "high");
  EXPECT_EQ(record["cx_account_id__c"], "A0");
  EXPECT_EQ(record["cx_idempotency_key__c"], "T1/1");
  EXPECT_EQ(record["cx_sequence__c"], 1);
  EXPECT_EQ(record["cx_version__c"], 1);
  EXPECT_FALSE(record.contains("cx_sentiment__c"));
  EXPECT_EQ(org.server().requests().size(), 2U) << "a login, and one call for all";
}

TEST_F(SalesforceTarget, OneRefusedRecordOfTwoHundredLeavesTheOthersWrittenOnce) {
  org.refuse("T77");
  const auto target = open();
  const auto outcomes = target->deliver(events(200), now);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i].result, i == 77 ? delivery_result::permanent : delivery_result::delivered) << i;
  EXPECT_THAT(outcomes[77].reason, HasSubstr("FIELD_CUSTOM_VALIDATION_EXCEPTION"));
  EXPECT_THAT(outcomes[77].exchange, HasSubstr("T77"));
  EXPECT_THAT(outcomes[77].exchange, Not(HasSubstr("00Dxx!session"))) << "the session is masked";
  EXPECT_EQ(org.writes().size(), 199U);
  for (const auto& [key, times] : org.writes())
    EXPECT_EQ(times, 1) << key;
}

TEST_F(SalesforceTarget, OneRecordThatMakesTheRequestMalformedIsFoundByHalving) {
  org.make_malformed("T77");
  const auto target = open();
  const auto outcomes = target->deliver(events(200), now);
  EXPECT_EQ(outcomes[77].result, delivery_result::permanent);
  EXPECT_THAT(outcomes[77].exchange, HasSubstr("JSON_PARSER_ERROR"));
  EXPECT_EQ(org.writes().size(), 199U);
  for (const auto& [key, times] : org.writes())
    EXPECT_EQ(times, 1) << key;
  EXPECT_LE(org.server().requests().size(), 1U + 17U);
}

TEST_F(SalesforceTarget, ALockedRowIsTriedAgainLaterByItself) {
  org.lock("T1", 1);
  const auto target = open();
  const auto batch = events(3);
  EXPECT_THAT(results(target->deliver(batch, now)),
              ElementsAre(delivery_result::delivered, delivery_result::transient, delivery_result::delivered));
  EXPECT_TRUE(all_delivered(target->deliver(std::span(batch).subspan(1, 1), now)));
}

TEST_F(SalesforceTarget, KeepsTheRecordsOfAnAccountTogether) {
  const auto target = open({{"batch_records", "10"}});
  EXPECT_TRUE(all_delivered(target->deliver(events(40, 4), now)));
  for (const auto& request : org.server().requests()) {
    if (request.method != "PATCH")
      continue;
    std::set<std::string> accounts;
    const auto body = nlohmann::json::parse(request.body);
    for (const auto& record : body["records"])
      accounts.insert(record["cx_account_id__c"].get<std::string>());
    EXPECT_EQ(accounts.size(), 1U);
  }
}

TEST_F(SalesforceTarget, AsksForANewSessionOnceWhenTheOldOneIsOver) {
  const auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  org.end_sessions();
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  EXPECT_EQ(org.logins(), 2);
}

TEST_F(SalesforceTarget, ASessionThatCannotBeHadIsTheTargetsMatterAndNoEvents) {
  const auto target = open({{"client_secret", "a wrong secret"}});
  const auto outcomes = target->deliver(events(2), now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::unreachable));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("invalid_client"));
  EXPECT_THAT(outcomes[0].reason, Not(HasSubstr("a wrong secret")));
}

TEST_F(SalesforceTarget, AFieldThatTheOrgHasNotGotStopsTheSinkAndLosesNothing) {
  org.drop_field("cx_churn_risk__c");
  const auto target = open();
  const auto outcomes = target->deliver(events(5), now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::unreachable));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("No such column 'cx_churn_risk__c'"));
}

TEST_F(SalesforceTarget, StopsBeforeTheOrgsCallsAreUsedUp) {
  org.set_usage(94'999, 100'000);
  const auto target = open({{"api_usage_max", "95"}});
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  const auto paused = target->deliver(events(2), now + 1min);
  EXPECT_THAT(results(paused), Each(delivery_result::throttled));
  EXPECT_EQ(paused[0].retry_after, 14min);
  EXPECT_EQ(org.writes().size(), 1U);
  org.set_usage(10, 100'000);
  EXPECT_TRUE(all_delivered(target->deliver(events(2), now + 15min)));
}

TEST_F(SalesforceTarget, AnExhaustedLimitWantsAPause) {
  org.set_usage(100'000, 100'000);
  const auto target = open();
  EXPECT_THAT(results(target->deliver(events(2), now)), Each(delivery_result::throttled));
}

TEST_F(SalesforceTarget, BrokenAndSlowAnswersAreTriedAgain) {
  const auto target = open({{"timeout", "300ms"}});
  const auto batch = events(2);
  EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
  for (const auto ending : {reply_ending::reset_in_body, reply_ending::half_body, reply_ending::never}) {
    auto reply = support::said(200, std::string(4'000, 'x'));
    reply.ending = ending;
    org.server().next(reply);
    EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::transient));
    EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
  }
  org.server().stop();
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::unreachable));
}

TEST_F(SalesforceTarget, SendsTheNextEventOfATicketWhenTheOneBeforeIsAnswered) {
  org.lock("T2", 1);
  const auto target = open();
  const std::vector batch{log.add("T1"), log.add("T1"), log.add("T2"), log.add("T2"), log.add("T1")};
  EXPECT_THAT(results(target->deliver(batch, now)),
              ElementsAre(delivery_result::delivered, delivery_result::delivered, delivery_result::transient,
                          delivery_result::skipped, delivery_result::delivered));
  EXPECT_THAT(org.written("T1", "cx_sequence__c"), ElementsAre(1, 2, 3));
  EXPECT_EQ(org.server().requests().size(), 1U + 3U);
}

TEST_F(SalesforceTarget, WhatCannotBeARecordIsSaidWithoutACall) {
  const auto target = open();
  std::vector batch{log.add(std::string(256, 'x')), log.add("T2")};
  batch[1].event = "\xff\xff";
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::unfit));
  EXPECT_TRUE(org.server().requests().empty());
}

// Hands over again what is deferred when its time has come, as a node does; at most as often as said.
std::vector<ports::delivery_outcome> settled(ports::target& target, const std::vector<ports::delivery>& batch,
                                             int calls_max) {
  auto at = now;
  for (;;) {
    auto out = target.deliver(batch, at);
    if (--calls_max == 0 || std::ranges::none_of(results(out), [](auto r) { return r == delivery_result::deferred; }))
      return out;
    at += out.front().retry_after.value_or(1ms);
  }
}

TEST_F(SalesforceTarget, LargeCallsBecomeAJob) {
  org.refuse("T7");
  org.slow_jobs(2);
  const auto target = open({{"bulk_from_records", "50"}});
  EXPECT_TRUE(all_delivered(target->deliver(events(5), now)));
  EXPECT_TRUE(org.jobs().empty()) << "small calls are collections";
  const auto outcomes = settled(*target, events(300), 4);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i].result, i == 7 ? delivery_result::permanent : delivery_result::delivered) << i;
  EXPECT_THAT(outcomes[7].exchange, HasSubstr("T7"));
  EXPECT_EQ(org.jobs().size(), 1U);
  EXPECT_EQ(org.records().at("T9")["cx_churn_risk__c"], "high");
}

TEST_F(SalesforceTarget, AJobThatRunsHoldsNoCallAndItsEventsComeAgain) {
  org.slow_jobs(1'000'000);
  const auto target = open({{"bulk_from_records", "50"}, {"bulk_poll", "60s"}});
  const auto batch = events(60);
  const auto first = target->deliver(batch, now);
  EXPECT_THAT(results(first), Each(delivery_result::deferred)) << "and nobody waited for a minute";
  EXPECT_EQ(first[0].retry_after, 60s);
  const auto before = org.server().requests().size();
  EXPECT_THAT(results(target->deliver(std::vector{log.add("X")}, now + 1s)), Each(delivery_result::deferred))
      << "it could be written before what the job writes later";
  EXPECT_EQ(org.server().requests().size(), before + 1) << "the job is looked at";
  org.slow_jobs(0);
  auto all = batch;
  all.push_back(log.add("Y"));
  EXPECT_TRUE(all_delivered(target->deliver(all, now + 60s)));
  EXPECT_EQ(org.writes().at("T3"), 1);
  EXPECT_EQ(org.writes().at("Y"), 1);
}

TEST_F(SalesforceTarget, AJobThatANodeLeavesWhenItStopsIsAbortedByTheNextOne) {
  org.slow_jobs(1'000'000);
  const auto target = open({{"bulk_from_records", "50"}});
  const auto batch = events(60);
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::deferred));
  target->close();
  ASSERT_TRUE(target->open());
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::deferred));
  EXPECT_THAT(org.jobs(), ElementsAre(testing::Pair(testing::_, "Aborted"), testing::Pair(testing::_, "InProgress")));
}

TEST_F(SalesforceTarget, AJobThatTakesTooLongIsAbortedAndItsRecordsComeAgain) {
  org.slow_jobs(1'000'000);
  const auto target = open({{"bulk_from_records", "50"}, {"bulk_poll", "500ms"}, {"bulk_timeout", "1s"}});
  EXPECT_THAT(results(settled(*target, events(60), 3)), Each(delivery_result::transient));
  EXPECT_THAT(org.jobs(), ElementsAre(testing::Pair(testing::_, "Aborted")));
}

TEST_F(SalesforceTarget, AJobWhoseStateCannotBeReadIsAskedAgain) {
  const auto target = open({{"bulk_from_records", "50"}});
  const auto batch = events(60);
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::deferred));
  org.server().next(support::said(500));
  EXPECT_THAT(results(target->deliver(batch, now + 5s)), Each(delivery_result::unreachable));
  EXPECT_TRUE(all_delivered(target->deliver(batch, now + 10s)));
  EXPECT_EQ(org.jobs().size(), 1U);
}

TEST_F(SalesforceTarget, APauseInAJobIsKeptAndAsksForNothingMore) {
  const auto target = open({{"bulk_from_records", "50"}});
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  org.set_usage(100'000, 100'000);
  const auto before = org.server().requests().size();
  EXPECT_THAT(results(target->deliver(events(60), now)), Each(delivery_result::throttled));
  EXPECT_EQ(org.server().requests().size(), before + 1);
}

TEST_F(SalesforceTarget, EndsTheJobsOfAFormerLifeBeforeItSends) {
  org.add_job("750old", "Case", "InProgress");
  const auto target = open({{"bulk_from_records", "50"}});
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  EXPECT_EQ(org.jobs().at("750old"), "Aborted");
}

TEST_F(SalesforcePlan, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(refusal_with({}), "");
  EXPECT_THAT(refusal_with({{"client_secret", ""}}), HasSubstr("client_secret"));
  EXPECT_THAT(refusal_with({{"auth", "jwt_bearer"}, {"username", "u"}}), HasSubstr("private_key"));
  EXPECT_THAT(refusal_with({{"object", "Case; DROP"}}), HasSubstr("object"));
  EXPECT_THAT(refusal_with({{"batch_records", "201"}}), HasSubstr("batch_records"));
  EXPECT_THAT(refusal_with({{"url", "ftp://x"}}), HasSubstr("url"));
  auto everything = sink();
  everything.projection.set_kind(v1::BI);
  EXPECT_THAT(refusal_of(everything), HasSubstr("projection: crm"));
  const auto traits = planned().traits;
  EXPECT_TRUE(traits.one_event_a_ticket);
  EXPECT_EQ(traits.batch_events_max, 200U);
}

} // namespace
} // namespace cxstream::connectors
