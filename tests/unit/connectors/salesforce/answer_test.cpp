#include "connectors/salesforce/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors::salesforce {
namespace {

using namespace std::chrono_literals;
using ports::delivery_result;
using testing::HasSubstr;
using verdict = batch_answer::verdict;

http_answer said(int status, std::string body) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

batch_answer read(const http_answer& answer, std::size_t records, request_kind kind = request_kind::collection) {
  return read_upsert(answer, kind, records, {});
}

delivery_result result_of_error(int status, const std::string& code, const std::string& message = "m") {
  return read(said(status, R"([{"errorCode":")" + code + R"(","message":")" + message + R"("}])"), 2).whole.result;
}

TEST(SalesforceAnswer, GivesEachRecordItsOwnOutcomeInListOrder) {
  const auto got = read(said(200, R"([
      {"id":"5001","success":true,"created":true,"errors":[]},
      {"success":false,"errors":[{"statusCode":"REQUIRED_FIELD_MISSING","message":"Required: [X]","fields":["X"]}]},
      {"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"busy","fields":[]}]},
      {"success":false,"errors":[{"statusCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                                  "message":"trigger: System.LimitException: Too many SOQL queries: 101"}]},
      {"success":false,"errors":[{"statusCode":"INVALID_FIELD",
                                  "message":"Foreign key external ID: acme not found for field cx_account_id__c"}]}])"),
                        5);
  ASSERT_EQ(got.is, verdict::each);
  EXPECT_EQ(got.records[0].result, delivery_result::delivered);
  EXPECT_EQ(got.records[1].result, delivery_result::permanent);
  EXPECT_THAT(got.records[1].reason, HasSubstr("REQUIRED_FIELD_MISSING: Required: [X]"));
  EXPECT_EQ(got.records[2].result, delivery_result::transient);
  EXPECT_EQ(got.records[3].result, delivery_result::transient);
  EXPECT_EQ(got.records[4].result, delivery_result::permanent) << "the record's parent is missing, not a field";
}

TEST(SalesforceAnswer, AMalformedRequestIsRefusedSoThatTheBadRecordCanBeFound) {
  const auto got = read(said(400, R"([{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize"}])"), 200);
  EXPECT_EQ(got.is, verdict::refused);
  EXPECT_EQ(got.whole.result, delivery_result::permanent);
  EXPECT_THAT(got.whole.reason, HasSubstr("JSON_PARSER_ERROR: Cannot deserialize"));
}

TEST(SalesforceAnswer, WhatTheAdministratorHasToMendCostsNoEventItsLife) {
  EXPECT_EQ(result_of_error(400, "INVALID_FIELD", "No such column 'cx_x__c' on sobject of type Case"),
            delivery_result::unreachable);
  EXPECT_EQ(result_of_error(404, "NOT_FOUND", "Provided external ID field does not exist"),
            delivery_result::unreachable);
  EXPECT_EQ(result_of_error(403, "API_DISABLED_FOR_ORG"), delivery_result::unreachable);
  EXPECT_EQ(result_of_error(401, "INVALID_SESSION_ID"), delivery_result::unreachable);
  EXPECT_EQ(result_of_error(400, "STORAGE_LIMIT_EXCEEDED"), delivery_result::unreachable);
}

TEST(SalesforceAnswer, LimitsAndBusyServersWantAPause) {
  const auto limit = read(said(403, R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests"}])"), 2);
  EXPECT_EQ(limit.whole.result, delivery_result::throttled);
  EXPECT_EQ(limit.whole.retry_after, limit_pause);
  const auto busy = read(said(503, R"([{"errorCode":"SERVER_UNAVAILABLE","message":"busy"}])"), 2);
  EXPECT_EQ(busy.is, verdict::failed);
  EXPECT_EQ(busy.whole.result, delivery_result::throttled);
  EXPECT_EQ(busy.whole.retry_after, busy_pause);
  auto wished = said(503, "");
  wished.retry_after = 42s;
  EXPECT_EQ(read(wished, 2).whole.retry_after, 42s);
}

TEST(SalesforceAnswer, LockedRowsAndBrokenCallsPassByThemselves) {
  EXPECT_EQ(result_of_error(400, "UNABLE_TO_LOCK_ROW"), delivery_result::transient);
  EXPECT_EQ(result_of_error(400, "UNKNOWN", "Too many SOQL queries: 101"), delivery_result::transient);
  EXPECT_EQ(read(said(500, "oops"), 2).whole.result, delivery_result::transient);
  http_answer cut;
  cut.end = call_end::broken;
  EXPECT_EQ(read(cut, 2).whole.result, delivery_result::transient);
  http_answer away;
  away.end = call_end::not_connected;
  EXPECT_EQ(read(away, 2).whole.result, delivery_result::unreachable);
}

TEST(SalesforceAnswer, AListOfAnotherLengthIsNoAnswer) {
  EXPECT_EQ(read(said(200, R"([{"success":true}])"), 2).is, verdict::failed);
  EXPECT_EQ(read(said(200, "<html>"), 2).whole.result, delivery_result::transient);
}

TEST(SalesforceAnswer, OneRecordByItsIdIsAnsweredWithNothingOrItsError) {
  const auto row = request_kind::row;
  EXPECT_EQ(read(said(204, ""), 1, row).records.at(0).result, delivery_result::delivered);
  const auto gone = read(said(404, R"([{"errorCode":"NOT_FOUND","message":"gone"}])"), 1, row);
  EXPECT_EQ(gone.is, verdict::refused);
  EXPECT_EQ(gone.whole.result, delivery_result::permanent);
}

TEST(SalesforceAnswer, KnowsWhenASessionIsOver) {
  EXPECT_TRUE(wants_new_session(said(401, "")));
  EXPECT_TRUE(wants_new_session(said(301, "")));
  EXPECT_FALSE(wants_new_session(said(403, "")));
  EXPECT_FALSE(wants_new_session(said(200, "")));
}

TEST(SalesforceAnswer, ReadsHowMuchOfTheOrgsCallsIsUsed) {
  auto answer = said(200, "[]");
  EXPECT_FALSE(usage_of(answer));
  answer.headers = {{"sforce-limit-info", "api-usage=4500/5000"}};
  const auto usage = usage_of(answer);
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->used, 4'500U);
  EXPECT_EQ(usage->allowed, 5'000U);
  EXPECT_TRUE(usage->reaches(90));
  EXPECT_FALSE(usage->reaches(91));
  answer.headers = {{"sforce-limit-info", "api-usage=many"}};
  EXPECT_FALSE(usage_of(answer));
}

} // namespace
} // namespace cxstream::connectors::salesforce
