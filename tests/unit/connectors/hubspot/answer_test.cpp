#include "connectors/hubspot/answer.hpp"

#include "connectors/hubspot/upsert.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::connectors::hubspot {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ports::delivery_result;
using testing::HasSubstr;
using verdict = batch_answer::verdict;

std::vector<crm_record> some_records() {
  return {{0, "T1", "", {{"cx_churn_risk", std::string("high")}, {"cx_driver", crm_value()}}},
          {1, "T2", "", {{"cx_sequence", std::uint64_t{3}}}},
          {2, "T3", "", {}}};
}

http_answer said(int status, std::string body = {}) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

batch_answer read(const http_answer& answer) {
  static const auto records = some_records();
  return read_upsert(answer, records, "cx_ticket_id", {});
}

TEST(HubspotUpsert, NamesEveryRecordByItsPropertyAndATraceId) {
  const auto request = upsert_request({}, "pat", some_records());
  EXPECT_EQ(request.url, "https://api.hubapi.com/crm/v3/objects/tickets/batch/upsert");
  EXPECT_EQ(request.headers.front().second, "Bearer pat");
  EXPECT_EQ(json::parse(request.body), json::parse(R"({"inputs": [
      {"id": "T1", "idProperty": "cx_ticket_id", "objectWriteTraceId": "0",
       "properties": {"cx_churn_risk": "high", "cx_driver": ""}},
      {"id": "T2", "idProperty": "cx_ticket_id", "objectWriteTraceId": "1", "properties": {"cx_sequence": 3}},
      {"id": "T3", "idProperty": "cx_ticket_id", "objectWriteTraceId": "2", "properties": {}}]})"));
}

TEST(HubspotUpsert, UpdatesByRecordIdWithoutAProperty) {
  const auto request = upsert_request({"https://api.hubapi.com", "tickets", "hs_object_id"}, "pat", some_records());
  EXPECT_TRUE(request.url.ends_with("/tickets/batch/update"));
  EXPECT_FALSE(json::parse(request.body)["inputs"][0].contains("idProperty"));
}

TEST(HubspotUpsert, SpellsPropertiesAsHubspotDoes) {
  EXPECT_EQ(property_name("Churn Risk"), "churn_risk");
  EXPECT_EQ(property_name("cx_churn_risk"), "cx_churn_risk");
}

TEST(HubspotAnswer, TwoHundredIsAboutAll) {
  const auto got = read(said(200, R"({"status":"COMPLETE","results":[{"id":"1"},{"id":"2"},{"id":"3"}]})"));
  ASSERT_EQ(got.is, verdict::each);
  for (const auto& record : got.records)
    EXPECT_EQ(record.result, delivery_result::delivered);
}

TEST(HubspotAnswer, TiesAnErrorToItsInputByTheTraceId) {
  const auto got = read(said(207, R"({"status":"COMPLETE","numErrors":1,
      "results":[{"id":"1","objectWriteTraceId":"0"},{"id":"3","properties":{"cx_ticket_id":"T3"}}],
      "errors":[{"status":"error","category":"VALIDATION_ERROR","message":"Invalid option",
                 "context":{"objectWriteTraceId":["1"]}}]})"));
  ASSERT_EQ(got.is, verdict::each);
  EXPECT_EQ(got.records[0].result, delivery_result::delivered);
  EXPECT_EQ(got.records[1].result, delivery_result::permanent);
  EXPECT_THAT(got.records[1].reason, HasSubstr("VALIDATION_ERROR: Invalid option"));
  EXPECT_EQ(got.records[2].result, delivery_result::delivered);
}

TEST(HubspotAnswer, AnErrorThatNamesNoInputIsTheOneRecordsThatIsLeft) {
  const auto error = R"("errors":[{"category":"VALIDATION_ERROR","message":"no","context":{}}]})";
  const auto one_left = read(said(207, std::string(R"({"results":[{"objectWriteTraceId":"0"},
      {"objectWriteTraceId":"2"}],)") + error));
  EXPECT_EQ(one_left.records[1].result, delivery_result::permanent);
  const auto two_left = read(said(207, std::string(R"({"results":[{"objectWriteTraceId":"0"}],)") + error));
  EXPECT_EQ(two_left.records[0].result, delivery_result::delivered);
  EXPECT_EQ(two_left.records[1].result, delivery_result::transient) << "which of them is not known";
  EXPECT_EQ(two_left.records[2].result, delivery_result::transient);
}

TEST(HubspotAnswer, ABatchThatOneRecordPoisonsIsRefusedAsAWhole) {
  for (const int status : {400, 409}) {
    const auto got = read(said(status, R"({"status":"error","category":"CONFLICT","message":"duplicate value"})"));
    EXPECT_EQ(got.is, verdict::refused) << status;
    EXPECT_EQ(got.whole.result, delivery_result::permanent);
    EXPECT_THAT(got.whole.reason, HasSubstr("CONFLICT: duplicate value"));
  }
}

TEST(HubspotAnswer, WhatTheAdministratorHasToMendCostsNoEventItsLife) {
  const auto unreachable = [](int status, const std::string& body) {
    const auto got = read(said(status, body));
    return got.is == verdict::failed && got.whole.result == delivery_result::unreachable;
  };
  EXPECT_TRUE(unreachable(401, ""));
  EXPECT_TRUE(unreachable(403, R"({"category":"MISSING_SCOPES","message":"scopes"})"));
  EXPECT_TRUE(unreachable(404, ""));
  EXPECT_TRUE(
      unreachable(400, R"({"category":"VALIDATION_ERROR","message":"[{\"error\":\"PROPERTY_DOESNT_EXIST\"}]"})"));
}

TEST(HubspotAnswer, PausesAsLongAsTheLimitThatWasReachedLasts) {
  const auto pause = [](const std::string& policy) {
    const auto got = read(said(429, R"({"errorType":"RATE_LIMIT","policyName":")" + policy + R"("})"));
    EXPECT_EQ(got.whole.result, delivery_result::throttled);
    return got.whole.retry_after;
  };
  EXPECT_EQ(pause("TEN_SECONDLY_ROLLING"), 10s);
  EXPECT_EQ(pause("SECONDLY"), 1s);
  EXPECT_EQ(pause("DAILY"), daily_pause);
  auto wished = said(429, R"({"policyName":"DAILY"})");
  wished.retry_after = 33s;
  EXPECT_EQ(read(wished).whole.retry_after, 33s);
}

TEST(HubspotAnswer, LocksAndMigrationsPass) {
  EXPECT_EQ(read(said(423)).whole.result, delivery_result::transient);
  EXPECT_EQ(read(said(477)).whole.result, delivery_result::throttled);
  EXPECT_EQ(read(said(502)).whole.result, delivery_result::transient);
  EXPECT_EQ(read(said(200, "<html>")).whole.result, delivery_result::transient);
}

TEST(HubspotAnswer, ReadsTheCallsThatAreLeftOfTheDay) {
  auto answer = said(200);
  EXPECT_FALSE(calls_of(answer));
  answer.headers = {{"x-hubspot-ratelimit-daily", "1000"}, {"x-hubspot-ratelimit-daily-remaining", "100"}};
  EXPECT_TRUE(calls_of(answer)->reaches(90));
  EXPECT_FALSE(calls_of(answer)->reaches(91));
}

} // namespace
} // namespace cxstream::connectors::hubspot
