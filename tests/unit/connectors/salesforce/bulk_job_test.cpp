#include "connectors/salesforce/bulk_job.hpp"

#include "connectors/salesforce/bulk_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::connectors::salesforce {
namespace {

using nlohmann::json;
using ports::delivery_result;
using stage = bulk_job::stage;

const session at{"tok", "https://acme.example"};
const std::string jobs = "https://acme.example/services/data/v65.0/jobs/ingest";

std::vector<crm_record> some_records() {
  return {{0, "T1", "", {{"cx_driver__c", std::string("a \"quoted\", one")}}},
          {1, "T2", "", {{"cx_driver__c", crm_value()}, {"cx_score__c", 0.5}}},
          {2, "T3", "", {{"cx_score__c", 1.0}}}};
}

http_answer said(int status, std::string body = {}) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

std::string state(const std::string& name) {
  return json{{"id", "750xx1"}, {"state", name}, {"object", "Case"}}.dump();
}

// Brings a job to where it is polled.
void start(bulk_job& job) {
  EXPECT_FALSE(job.answer(said(200, state("Open")), {}));
  EXPECT_FALSE(job.answer(said(201), {}));
  EXPECT_FALSE(job.answer(said(200, state("UploadComplete")), {}));
  EXPECT_EQ(job.at(), stage::poll);
}

TEST(BulkCsv, LeavesCellsEmptyOfWhatStaysAndSaysWhatIsEmptied) {
  EXPECT_EQ(bulk_csv("cx_ticket_id__c", some_records()), "\"cx_ticket_id__c\",\"cx_driver__c\",\"cx_score__c\"\n"
                                                         "\"T1\",\"a \"\"quoted\"\", one\",\n"
                                                         "\"T2\",\"#N/A\",\"0.5\"\n"
                                                         "\"T3\",,\"1.0\"\n");
}

TEST(BulkCsv, ReadsResultsByTheExternalId) {
  const auto rows =
      read_results("\"sf__Id\",\"sf__Error\",\"K\"\n\"\",\"BAD:a, \"\"b\"\"\",\"T1\"\n", "K", "sf__Error");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at("T1"), "BAD:a, \"b\"");
  EXPECT_EQ(read_results("\"x\"\n\"y\"\n", "K", "").err().code, base::error_code::malformed);
  EXPECT_TRUE(read_results("", "K", "")->empty());
}

TEST(BulkJob, MakesUploadsClosesPollsAndReadsBothResults) {
  const auto records = some_records();
  bulk_job job({}, records);
  EXPECT_EQ(job.next(at).url, jobs);
  EXPECT_EQ(json::parse(job.next(at).body),
            json::parse(R"({"object": "Case", "externalIdFieldName": "cx_ticket_id__c", "operation": "upsert",
                            "contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA"})"));
  EXPECT_FALSE(job.answer(said(200, state("Open")), {}));
  EXPECT_EQ(job.next(at).method, "PUT");
  EXPECT_EQ(job.next(at).url, jobs + "/750xx1/batches");
  EXPECT_EQ(job.next(at).headers.back().second, "text/csv");
  EXPECT_FALSE(job.answer(said(201), {}));
  EXPECT_EQ(json::parse(job.next(at).body), json::parse(R"({"state": "UploadComplete"})"));
  EXPECT_FALSE(job.answer(said(200, state("UploadComplete")), {}));
  EXPECT_TRUE(job.is_waiting());
  EXPECT_EQ(job.next(at).method, "GET");
  EXPECT_FALSE(job.answer(said(200, state("InProgress")), {}));
  EXPECT_TRUE(job.is_waiting());
  EXPECT_FALSE(job.answer(said(200, state("JobComplete")), {}));
  EXPECT_FALSE(job.is_waiting());
  EXPECT_EQ(job.next(at).url, jobs + "/750xx1/successfulResults/");
  auto first_part = said(200, "\"sf__Id\",\"sf__Created\",\"cx_ticket_id__c\"\n\"5\",\"true\",\"T1\"\n");
  first_part.headers = {{"sforce-locator", "MTAw"}};
  EXPECT_FALSE(job.answer(first_part, {}));
  EXPECT_EQ(job.next(at).url, jobs + "/750xx1/successfulResults/?locator=MTAw");
  auto last_part = said(200, "\"sf__Id\",\"sf__Created\",\"cx_ticket_id__c\"\n");
  last_part.headers = {{"sforce-locator", "null"}};
  EXPECT_FALSE(job.answer(last_part, {}));
  EXPECT_EQ(job.next(at).url, jobs + "/750xx1/failedResults/");
  EXPECT_FALSE(job.answer(
      said(200, "\"sf__Id\",\"sf__Error\",\"cx_ticket_id__c\"\n\"\",\"STRING_TOO_LONG:too long:X --\",\"T2\"\n"), {}));
  ASSERT_EQ(job.at(), stage::done);
  EXPECT_EQ(job.outcomes()[0].result, delivery_result::delivered);
  EXPECT_EQ(job.outcomes()[1].result, delivery_result::permanent);
  EXPECT_EQ(job.outcomes()[2].result, delivery_result::transient) << "in neither file";
}

TEST(BulkJob, AJobThatTakesTooLongIsAbortedBeforeAnythingIsSaidOfItsRecords) {
  const auto records = some_records();
  bulk_job job({}, records);
  start(job);
  job.give_up();
  EXPECT_EQ(json::parse(job.next(at).body), json::parse(R"({"state": "Aborted"})"));
  EXPECT_TRUE(job.answer(said(500), {})) << "whether it was aborted is not known";
  EXPECT_EQ(job.at(), stage::abort);
  EXPECT_TRUE(job.is_left_behind());
  EXPECT_FALSE(job.answer(said(200, state("Aborted")), {}));
  EXPECT_EQ(job.at(), stage::successes);
  EXPECT_FALSE(job.is_left_behind());
}

TEST(BulkJob, WhatHasEndedByItselfIsNotAbortedButRead) {
  const auto records = some_records();
  bulk_job job({}, records);
  start(job);
  job.give_up();
  EXPECT_FALSE(job.answer(said(400, R"([{"errorCode":"INVALIDJOBSTATE","message":"The job is in JobComplete"}])"), {}));
  EXPECT_EQ(job.at(), stage::poll);
  EXPECT_FALSE(job.answer(said(200, state("JobComplete")), {}));
  EXPECT_EQ(job.at(), stage::successes);
}

TEST(BulkJob, AnAnswerThatCannotBeUsedLeavesTheRequestNext) {
  const auto records = some_records();
  bulk_job job({}, records);
  const auto failure = job.answer(said(503), {});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->result, delivery_result::throttled);
  EXPECT_EQ(job.at(), stage::create);
  EXPECT_TRUE(job.answer(said(200, "{}"), {})) << "no id";
  EXPECT_EQ(job.at(), stage::create);
}

TEST(BulkJob, AnUploadThatIsRefusedIsHalvedLikeAnyRequest) {
  const auto records = some_records();
  bulk_job job({}, records);
  EXPECT_FALSE(job.answer(said(200, state("Open")), {}));
  EXPECT_FALSE(job.answer(said(400, R"([{"errorCode":"INVALIDBATCH","message":"not CSV"}])"), {}));
  ASSERT_EQ(job.at(), stage::done);
  ASSERT_TRUE(job.refusal());
  EXPECT_EQ(job.refusal()->result, delivery_result::permanent);
  EXPECT_TRUE(job.is_left_behind());
}

TEST(BulkJob, AJobThatTheOrgIsNotMadeForBlamesNoRecord) {
  const auto records = some_records();
  bulk_job job({}, records);
  start(job);
  EXPECT_FALSE(job.answer(said(200, R"({"state":"Failed","errorMessage":"InvalidBatch : Field name not found"})"), {}));
  EXPECT_FALSE(job.answer(said(200, "\"sf__Id\",\"cx_ticket_id__c\"\n"), {}));
  EXPECT_FALSE(job.answer(said(200, "\"sf__Error\",\"cx_ticket_id__c\"\n"), {}));
  EXPECT_EQ(job.outcomes()[0].result, delivery_result::unreachable);
  EXPECT_THAT(job.outcomes()[0].reason, testing::HasSubstr("Field name not found"));
}

TEST(BulkJob, FindsTheJobsOfAFormerLife) {
  const auto answer = said(200, R"({"done": true, "records": [
      {"id": "1", "object": "Case", "state": "InProgress", "createdById": "005xx000001SvogAAC"},
      {"id": "2", "object": "Case", "state": "JobComplete", "createdById": "005xx000001SvogAAC"},
      {"id": "3", "object": "Lead", "state": "Open", "createdById": "005xx000001SvogAAC"},
      {"id": "4", "object": "Case", "state": "Open", "createdById": "005xx000001OtherA"},
      {"id": "5", "object": "Case", "state": "UploadComplete", "createdById": "005xx000001Svog"}]})");
  EXPECT_THAT(*unfinished_jobs(answer, {}, "005xx000001SvogAAC"), testing::ElementsAre("1", "5"));
  EXPECT_FALSE(unfinished_jobs(said(500), {}, "005"));
}

} // namespace
} // namespace cxstream::connectors::salesforce
