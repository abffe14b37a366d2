// The HubSpot sink against a stand-in of an account.
#include "connectors/hubspot/plan.hpp"

#include "support/vendors/hubspot_account.hpp"
#include "unit/connectors/deliveries.hpp"

#include <fstream>
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
using support::hubspot_account;
using support::reply_ending;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

config::sink_config sink_to(const hubspot_account& account, std::map<std::string, std::string> more = {}) {
  config::sink_config sink;
  sink.name = "crm";
  sink.kind = "hubspot";
  sink.projection.set_kind(v1::CRM);
  sink.settings = {{"url", account.url()},
                   {"access_token", std::string(hubspot_account::access_token)},
                   {"allow_private", "true"},
                   {"timeout", "2s"}};
  for (auto& [name, value] : more)
    sink.settings[name] = value;
  return sink;
}

std::unique_ptr<ports::target> target_at(const hubspot_account& account, std::map<std::string, std::string> more = {}) {
  auto planned = plan_hubspot(sink_to(account, std::move(more)));
  EXPECT_TRUE(planned) << planned.err().message;
  EXPECT_TRUE(planned->target->open());
  return std::move(planned->target);
}

std::vector<ports::delivery> events(log_of_events& log, int tickets) {
  std::vector<ports::delivery> out;
  for (int i = 0; i < tickets; ++i) {
    auto event = event_of("T" + std::to_string(i), 1);
    event.mutable_churn_risk()->set_label("high");
    out.push_back(log.add(event));
  }
  return out;
}

void expect_all_but_one_written_once(const hubspot_account& account,
                                     const std::vector<ports::delivery_outcome>& outcomes, std::size_t bad) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i].result, i == bad ? delivery_result::permanent : delivery_result::delivered)
        << i << ": " << outcomes[i].reason;
  EXPECT_EQ(account.writes().size(), outcomes.size() - 1);
  for (const auto& [key, times] : account.writes())
    EXPECT_EQ(times, 1) << key;
}

TEST(HubspotTarget, UpsertsTicketsWithTheirKeySequenceAndVersion) {
  hubspot_account account;
  log_of_events log;
  const auto target = target_at(account);
  EXPECT_TRUE(all_delivered(target->deliver(events(log, 3), now)));
  const auto record = account.records().at("T1");
  EXPECT_EQ(record["cx_churn_risk"], "high");
  EXPECT_EQ(record["cx_churn_risk_score"], "") << "what a signal does not have is emptied";
  EXPECT_EQ(record["cx_idempotency_key"], "T1/1");
  EXPECT_EQ(record["cx_sequence"], 1);
  EXPECT_EQ(account.server().requests().size(), 1U);
}

TEST(HubspotTarget, OnePoisonedRecordOfTwoHundredIsFoundAndTheOthersAreWrittenOnce) {
  hubspot_account account;
  account.poison("T137");
  log_of_events log;
  const auto target = target_at(account);
  const auto outcomes = target->deliver(events(log, 200), now);
  expect_all_but_one_written_once(account, outcomes, 137);
  EXPECT_THAT(outcomes[137].exchange, HasSubstr("T137"));
  EXPECT_THAT(outcomes[137].exchange, HasSubstr("409"));
  EXPECT_THAT(outcomes[137].exchange, Not(HasSubstr(std::string(hubspot_account::access_token))));
}

TEST(HubspotTarget, ARecordThatFailsByItselfIsTheOnlyOneThatIsNotWritten) {
  for (const bool named : {true, false}) {
    hubspot_account account;
    account.refuse("T50");
    if (!named)
      account.name_no_inputs();
    log_of_events log;
    const auto target = target_at(account);
    expect_all_but_one_written_once(account, target->deliver(events(log, 100), now), 50);
    EXPECT_EQ(account.server().requests().size(), 1U);
  }
}

TEST(HubspotTarget, LimitsWantTheirPauseAndCostNothing) {
  hubspot_account account;
  account.limit(1, "TEN_SECONDLY_ROLLING");
  log_of_events log;
  const auto target = target_at(account);
  const auto batch = events(log, 150);
  const auto outcomes = target->deliver(batch, now);
  EXPECT_THAT(results(outcomes), Each(delivery_result::throttled));
  EXPECT_EQ(outcomes[149].retry_after, 10s);
  EXPECT_EQ(account.server().requests().size(), 1U) << "the second hundred was not tried";
  EXPECT_TRUE(all_delivered(target->deliver(batch, now)));
}

TEST(HubspotTarget, StopsBeforeTheDaysCallsAreUsedUp) {
  hubspot_account account;
  account.set_daily(1'000, 100);
  log_of_events log;
  const auto target = target_at(account);
  EXPECT_TRUE(all_delivered(target->deliver(events(log, 1), now)));
  EXPECT_THAT(results(target->deliver(events(log, 1), now + 1min)), Each(delivery_result::throttled));
  account.set_daily(1'000, 999);
  EXPECT_TRUE(all_delivered(target->deliver(events(log, 1), now + 15min)));
}

TEST(HubspotTarget, APropertyThatIsNotThereStopsTheSinkAndLosesNothing) {
  hubspot_account account;
  account.drop_property("cx_churn_risk");
  log_of_events log;
  const auto target = target_at(account);
  EXPECT_THAT(results(target->deliver(events(log, 3), now)), Each(delivery_result::unreachable));
}

TEST(HubspotTarget, ATokenThatWasChangedInItsFileIsTakenIntoUse) {
  hubspot_account account;
  const connectors_test::scratch_directory dir;
  std::ofstream(dir / "token") << "an-old-token\n";
  log_of_events log;
  const auto target = target_at(account, {{"access_token", "file:" + (dir / "token")}});
  EXPECT_THAT(results(target->deliver(events(log, 1), now)), Each(delivery_result::unreachable));
  std::ofstream(dir / "token") << hubspot_account::access_token << "\n";
  EXPECT_TRUE(all_delivered(target->deliver(events(log, 1), now)));
}

TEST(HubspotTarget, BrokenAndSlowAnswersAreTriedAgain) {
  hubspot_account account;
  log_of_events log;
  const auto target = target_at(account, {{"timeout", "300ms"}});
  const auto batch = events(log, 2);
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

TEST(HubspotPlan, SaysWhatIsWrongWithItsSettings) {
  const hubspot_account account;
  const auto why = [&](std::map<std::string, std::string> more) {
    const auto planned = plan_hubspot(sink_to(account, std::move(more)));
    return planned ? std::string() : planned.err().message;
  };
  EXPECT_EQ(why({}), "");
  EXPECT_THAT(why({{"access_token", ""}}), HasSubstr("access_token"));
  EXPECT_THAT(why({{"id_property", "Ticket Id"}}), HasSubstr("id_property"));
  EXPECT_THAT(why({{"batch_records", "101"}}), HasSubstr("batch_records"));
  EXPECT_THAT(why({{"object", ""}}), HasSubstr("object"));
  EXPECT_EQ(plan_hubspot(sink_to(account))->traits.batch_events_max, 100U);
  EXPECT_TRUE(plan_hubspot(sink_to(account))->traits.one_event_a_ticket);
}

} // namespace
} // namespace cxstream::connectors
