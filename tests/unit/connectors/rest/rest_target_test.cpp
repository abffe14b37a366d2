// The REST sink against an API that the test makes up.
#include "connectors/rest/plan.hpp"

#include "connectors/rest/answer_rules.hpp"
#include "support/http/http_stand_in.hpp"
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
using support::http_stand_in;
using support::said;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class RestTarget : public support::vendor_sink_test<http_stand_in> {
protected:
  RestTarget() : vendor_sink_test(plan_rest, "rest", v1::CRM) {
    usual.settings["url"] = api.url("/tickets/{{ticket_id}}");
    usual.settings["authorization"] = "Bearer the-token";
    usual.settings["body"] = R"({"risk": {{{json.churn_risk.label}}}})";
  }

  http_stand_in& api = vendor;
};
using RestPlan = RestTarget;

TEST_F(RestTarget, MakesOneRequestAnEventWithItsKey) {
  const auto target = open({{"method", "PATCH"}});
  auto event = event_of("INC 1", 1);
  event.mutable_churn_risk()->set_label("high");
  const auto delivery = log.add(event);
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{delivery}, now)));
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{delivery}, now + 1h)));
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add("INC 1")}, now)));
  const auto requests = api.requests();
  EXPECT_EQ(requests[0].method, "PATCH");
  EXPECT_THAT(requests[0].path, testing::AnyOf("/tickets/INC%201", "/tickets/INC 1"));
  EXPECT_EQ(requests[0].body, R"({"risk": "high"})");
  EXPECT_EQ(requests[0].header("Authorization"), "Bearer the-token");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_EQ(requests[0].header("Idempotency-Key"), requests[1].header("Idempotency-Key"));
  EXPECT_NE(requests[0].header("Idempotency-Key"), requests[2].header("Idempotency-Key"));
}

TEST_F(RestTarget, TheRulesSayWhatAnAnswerMeans) {
  const auto result_of = [&](support::scripted_reply reply, std::map<std::string, std::string> rules) {
    const auto target = open(std::move(rules));
    api.next(std::move(reply));
    return deliver(*target, event_of("T1", 1));
  };
  EXPECT_EQ(result_of(said(404), {}).result, delivery_result::permanent);
  EXPECT_EQ(result_of(said(401), {}).result, delivery_result::unreachable);
  EXPECT_EQ(result_of(said(409), {}).result, delivery_result::transient);
  EXPECT_EQ(result_of(said(404), {{"delivered", "404, 410"}}).result, delivery_result::delivered);
  EXPECT_EQ(result_of(said(409), {{"permanent", "400-409"}}).result, delivery_result::permanent);
  EXPECT_EQ(result_of(said(500), {{"permanent", "500"}}).result, delivery_result::permanent);
  EXPECT_EQ(result_of(said(202), {{"transient", "202"}}).result, delivery_result::transient);
  const auto limited = result_of(said(420), {{"throttled", "420"}});
  EXPECT_EQ(limited.result, delivery_result::throttled);
  EXPECT_EQ(limited.retry_after, 10s);
  EXPECT_THAT(result_of(said(400, "secret is the-token"), {}).exchange, Not(HasSubstr("the-token")));
}

TEST_F(RestTarget, ASuccessCanBeAskedForItsWord) {
  const auto target = open({{"success_pointer", "/result/ok"}});
  const auto result_of = [&](std::string body) {
    api.next(said(200, std::move(body)));
    return deliver(*target, event_of("T1", 1));
  };
  EXPECT_EQ(result_of(R"({"result": {"ok": true}})").result, delivery_result::delivered);
  const auto refused = result_of(R"({"result": {"ok": false, "why": "no such stage"}})");
  EXPECT_EQ(refused.result, delivery_result::permanent);
  EXPECT_THAT(refused.reason, HasSubstr("no such stage"));
  EXPECT_EQ(result_of("<html>").result, delivery_result::permanent);
}

TEST_F(RestTarget, WhatCannotBeARequestIsNotSent) {
  const auto target = open({{"body", R"({"score": {{churn_risk.score}}})"}});
  EXPECT_THAT(results(target->deliver(std::vector{log.add("T1")}, now)), Each(delivery_result::unfit));
  EXPECT_TRUE(api.requests().empty());
}

TEST(StatusSet, TakesStatusesAndRanges) {
  const auto some = rest::status_set::of("404, 410 500-599");
  ASSERT_TRUE(some);
  EXPECT_TRUE(some->has(404));
  EXPECT_TRUE(some->has(503));
  EXPECT_FALSE(some->has(405));
  EXPECT_FALSE(rest::status_set::of("")->has(200));
  for (const auto* bad : {"4xx", "500-400", "99", "600", "200-"})
    EXPECT_FALSE(rest::status_set::of(bad)) << bad;
}

TEST_F(RestPlan, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(refusal_with({}), "");
  EXPECT_THAT(refusal_with({{"url", ""}}), HasSubstr("url"));
  EXPECT_THAT(refusal_with({{"url", "https://{{ticket_id}}/"}}), HasSubstr("host"));
  EXPECT_THAT(refusal_with({{"url", "ftp://x/{{ticket_id}}"}}), HasSubstr("url"));
  EXPECT_THAT(refusal_with({{"method", "GET"}}), HasSubstr("method"));
  EXPECT_THAT(refusal_with({{"permanent", "4xx"}}), HasSubstr("permanent"));
  EXPECT_THAT(refusal_with({{"success_pointer", "ok"}}), HasSubstr("success_pointer"));
  EXPECT_THAT(refusal_with({{"auth_header", "X: y"}}), HasSubstr("auth_header"));
  EXPECT_TRUE(planned().traits.one_event_a_ticket);
}

} // namespace
} // namespace cxstream::connectors
