#include "connectors/salesforce/upsert.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::connectors::salesforce {
namespace {

using nlohmann::json;

const session at{"tok", "https://acme.my.salesforce.com"};

crm_record record(std::string key, std::vector<std::pair<std::string_view, crm_value>> fields) {
  return {0, std::move(key), {}, std::move(fields)};
}

TEST(SalesforceUpsert, SendsACollectionByExternalIdInTheOrderOfTheRecords) {
  const std::vector records{record("T1", {{"cx_churn_risk__c", std::string("high")}, {"cx_score__c", 0.5}}),
                            record("T2", {{"cx_driver__c", crm_value()}, {"cx_sequence__c", std::uint64_t{3}}})};
  const auto request = upsert_request(at, {}, records);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.url, "https://acme.my.salesforce.com/services/data/v65.0/composite/sobjects/Case/cx_ticket_id__c");
  EXPECT_EQ(request.headers.front().second, "Bearer tok");
  EXPECT_EQ(json::parse(request.body), json::parse(R"({"allOrNone": false, "records": [
      {"attributes": {"type": "Case"}, "cx_ticket_id__c": "T1", "cx_churn_risk__c": "high", "cx_score__c": 0.5},
      {"attributes": {"type": "Case"}, "cx_ticket_id__c": "T2", "cx_driver__c": null, "cx_sequence__c": 3}]})"));
}

TEST(SalesforceUpsert, KeepsTheExternalIdOfOneRecordOutOfTheUrl) {
  const std::vector records{record("mail@example.inc", {})};
  EXPECT_EQ(kind_of({}, records), request_kind::collection);
  EXPECT_EQ(upsert_request(at, {}, records).url.find("example.inc"), std::string::npos);
}

TEST(SalesforceUpsert, WritesOneRecordByItsIdWithoutTheIdInTheBody) {
  const std::vector records{record("a005g0000383kmUAAQ", {{"email", std::string("john@rs.com")}})};
  const shape by_id{"custom_object__c", "Id", "v50.0"};
  const auto request = upsert_request(at, by_id, records);
  EXPECT_EQ(request.url,
            "https://acme.my.salesforce.com/services/data/v50.0/sobjects/custom_object__c/a005g0000383kmUAAQ");
  EXPECT_EQ(json::parse(request.body), json::parse(R"({"email": "john@rs.com"})"));
}

TEST(SalesforceUpsert, DoesNotPutInTheUrlWhatIsNoRecordId) {
  const std::vector records{record("../Account/0015g00000", {})};
  const auto request = upsert_request(at, {"Case", "Id", "v65.0"}, records);
  EXPECT_TRUE(request.url.ends_with("/composite/sobjects")) << request.url;
  EXPECT_EQ(json::parse(request.body)["records"][0]["id"], "../Account/0015g00000");
}

TEST(SalesforceUpsert, RefersToAParentByItsExternalId) {
  const std::vector records{record("T1", {{"Account.cx_account_id__c", std::string("acme")}}),
                            record("T2", {{"Account.cx_account_id__c", crm_value()}})};
  const auto body = json::parse(upsert_request(at, {}, records).body);
  EXPECT_EQ(body["records"][0]["Account"], json::parse(R"({"cx_account_id__c": "acme"})"));
  EXPECT_TRUE(body["records"][1]["Account"].is_null());
}

} // namespace
} // namespace cxstream::connectors::salesforce
