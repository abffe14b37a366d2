// The HubSpot sink against a stand-in of an account.
#include "connectors/hubspot/plan.hpp"

#include "support/vendors/hubspot_account.hpp"
#include "support/vendors/vendor_sink_test.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::hubspot_account;
using support::reply_ending;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class HubspotTarget : public support::vendor_sink_test<hubspot_account> {
protected:
  HubspotTarget() : vendor_sink_test(plan_hubspot, "hubspot", v1::CRM) {
    usual.settings["url"] = account.url();
    usual.settings["access_token"] = std::string(hubspot_account::access_token);
  }
  std::vector<ports::delivery> events(int tickets) {
    std::vector<ports::delivery> out;
    for (int i = 0; i < tickets; ++i)
      out.push_back(log.add(support::risky("T" + std::to_string(i), "high")));
    return out;
  }

  hubspot_account& account = vendor;
};
using HubspotPlan = HubspotTarget;

void expect_all_but_one_written_once(const hubspot_account& account,
                                     const std::vector<ports::delivery_outcome>& outcomes, std::size_t bad) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i].result, i == bad ? delivery_result::permanent : delivery_result::delivered)
        << i << ": " << outcomes[i].reason;
  EXPECT_EQ(account.writes().size(), outcomes.size() - 1);
  for (const auto& [key, times] : account.writes())
    EXPECT_EQ(times, 1) << key;
}

TEST_F(HubspotTarget, UpsertsTicketsWithTheirKeySequenceAndVersion) {
  const auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(events(3), now)));
  const auto record = account.records().at("T1");
  EXPECT_EQ(record["cx_churn_risk"], "high");
  EXPECT_EQ(record["cx_churn_risk_score"], "") << "what a signal does not have is emptied";
  EXPECT_EQ(record["cx_idempotency_key"], "T1/1");
  EXPECT_EQ(record["cx_sequence"], 1);
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST_F(HubspotTarget, OnePoisonedRecordOfTwoHundredIsFoundAndTheOthersAreWrittenOnce) {
  account.poison("T137");
  const auto target = open();
  const auto outcomes = target->deliver(events(200), now);
  expect_all_but_one_written_once(account, outcomes, 137);
  EXPECT_THAT(outcomes[137].exchange, HasSubstr("T137"));
  EXPECT_THAT(outcomes[137].exchange, HasSubstr("409"));
  EXPECT_THAT(outcomes[137].exchange, Not(HasSubstr(std::string(hubspot_account::access_token))));
}

TEST_F(HubspotTarget, ARecordThatFailsByItselfIsTheOnlyOneThatIsNotWritten) {
  account.refuse("T50");
  expect_all_but_one_written_once(account, open()->deliver(events(100), now), 50);
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST_F(HubspotTarget, AnErrorThatNamesNoRecordIsThatOfTheOneWithoutAResult) {
  account.refuse("T50");
  account.name_no_inputs();
  expect_all_but_one_written_once(account, open()->deliver(events(100), now), 50);
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST_F(HubspotTarget, LimitsWantTheirPauseAndCostNothing) {
  account.limit(1, "TEN_SECONDLY_ROLLING");
  const auto target = open();
  const auto batch = events(150);
  const auto outcomes = target->deliver(batch, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::throttled));
  EXPECT_EQ(outcomes[149].retry_after, 10s);
  EXPECT_EQ(account.server().requests().size(), 1U) << "the second hundred was not tried";
  EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
}

TEST_F(HubspotTarget, StopsBeforeTheDaysCallsAreUsedUp) {
  account.set_daily(1'000, 100);
  const auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
  EXPECT_THAT(results(target->deliver(events(1), now + 1min)), Each(delivery_result::throttled));
  account.set_daily(1'000, 999);
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now + 15min)));
}

TEST_F(HubspotTarget, APropertyThatIsNotThereStopsTheSinkAndLosesNothing) {
  account.drop_property("cx_churn_risk");
  const auto target = open();
  EXPECT_THAT(results(target->deliver(events(3), now)), Each(delivery_result::unreachable));
}

TEST_F(HubspotTarget, ATokenThatWasChangedInItsFileIsTakenIntoUse) {
  std::ofstream(dir.path("token")) << "an-old-token\n";
  const auto target = open({{"access_token", "file:" + (dir.path("token"))}});
  EXPECT_THAT(results(target->deliver(events(1), now)), Each(delivery_result::unreachable));
  std::ofstream(dir.path("token")) << hubspot_account::access_token << "\n";
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now)));
}

TEST_F(HubspotTarget, BrokenAndSlowAnswersAreTriedAgain) {
  const auto target = open({{"timeout", "300ms"}});
  const auto batch = events(2);
  for (const auto ending : {reply_ending::reset_in_body, reply_ending::half_body, reply_ending::never}) {
    auto reply = support::said(200, std::string(4'000, 'x'));
    reply.ending = ending;
    account.server().next(reply);
    EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::transient));
    EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
  }
  account.server().stop();
  EXPECT_THAT(results(target->deliver(batch, now)), Each(delivery_result::unreachable));
}

TEST_F(HubspotPlan, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(refusal_with({}), "");
  EXPECT_THAT(refusal_with({{"access_token", ""}}), HasSubstr("access_token"));
  EXPECT_THAT(refusal_with({{"id_property", "Ticket Id"}}), HasSubstr("id_property"));
  EXPECT_THAT(refusal_with({{"batch_records", "101"}}), HasSubstr("batch_records"));
  EXPECT_THAT(refusal_with({{"object", ""}}), HasSubstr("object"));
  EXPECT_EQ(planned().traits.batch_events_max, 100U);
  EXPECT_TRUE(planned().traits.one_event_a_ticket);
}

} // namespace
} // namespace cxstream::connectors
