// Systems of customer relations as targets of a real node: what one record poisons, what a ticket looks like in the
// end.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"
#include "support/vendors/hubspot_account.hpp"
#include "support/vendors/salesforce_org.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

using support::hubspot_account;
using support::salesforce_org;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t tickets = 200; // what Salesforce takes in a request; HubSpot takes half
const std::string poisoned = "T-77";
// So that what is published together is delivered together.
constexpr const char* one_partition = ", partitions: 1";
constexpr const char* tail = "', breaker: {open_initial: 100ms, open_max: 500ms}, "
                             "retry: {backoff_initial: 50ms, backoff_max: 200ms}}";

std::string salesforce_sink(const salesforce_org& org) {
  return "{name: crm, kind: salesforce, projection: crm, allow_private: 'true', url: '" + org.url() +
         "', client_id: '" + std::string(salesforce_org::client_id) + "', client_secret: '" +
         std::string(salesforce_org::client_secret) + tail;
}

std::string hubspot_sink(const hubspot_account& account) {
  return "{name: crm, kind: hubspot, projection: crm, allow_private: 'true', url: '" + account.url() +
         "', access_token: '" + std::string(hubspot_account::access_token) + tail;
}

// So many events a ticket, in rounds.
void publish(const node_process& node, std::uint64_t events_a_ticket) {
  publish_client client;
  std::uint64_t round = 0;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    if (round == events_a_ticket)
      return std::nullopt;
    ++round;
    std::vector<v1::CanonicalEvent> batch;
    for (std::uint64_t t = 0; t < tickets; ++t) {
      auto& e = batch.emplace_back(support::plain_event("T-" + std::to_string(t), "key-" + std::to_string(round),
                                                        static_cast<std::int64_t>(round)));
      e.set_account_id("A-" + std::to_string(t % 7));
      e.mutable_churn_risk()->set_label(round % 2 == 0 ? "low" : "high");
    }
    return batch;
  });
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
}

void expect_one_dead_letter(const node_process& node, const std::string& why) {
  ASSERT_TRUE(eventually(60s, [&] {
    const auto counts = node.counts("crm");
    return counts.at("delivered") == tickets - 1 && counts.at("dead") == 1 && counts.at("waiting") == 0;
  })) << nlohmann::json(node.counts("crm"));
  const auto listed = node.cli({"dead", "list", "--sink", "crm", "--json"});
  EXPECT_THAT(listed.out, HasSubstr(poisoned));
  EXPECT_THAT(listed.out, HasSubstr(why));
  EXPECT_EQ(node.contradictions(), "");
}

template <class Vendor>
void expect_all_but_one_written_once(const Vendor& vendor) {
  const auto writes = vendor.writes();
  EXPECT_EQ(writes.size(), tickets - 1);
  EXPECT_FALSE(writes.contains(poisoned));
  for (const auto& [ticket, times] : writes)
    EXPECT_EQ(times, 1) << ticket;
}

// Records of the largest request that the poisoned one was in.
template <class Vendor>
std::size_t largest_batch_with_poison(Vendor& vendor, const char* list, const char* id) {
  std::size_t out = 0;
  for (const auto& request : vendor.server().requests()) {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains(list))
      continue;
    for (const auto& record : body[list])
      if (record.value(id, "") == poisoned)
        out = std::max(out, body[list].size());
  }
  return out;
}

TEST(Crm, OneRecordThatPoisonsABatchOfSalesforceCostsTheOthersNothing) {
  salesforce_org org;
  org.make_malformed(poisoned);
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + salesforce_sink(org) + "]", one_partition});
  node.start();
  publish(node, 1);
  expect_one_dead_letter(node, "JSON_PARSER_ERROR");
  expect_all_but_one_written_once(org);
  EXPECT_EQ(largest_batch_with_poison(org, "records", "cx_ticket_id__c"), tickets);
  EXPECT_THAT(node.log(), Not(HasSubstr(std::string(salesforce_org::client_secret))));
}

TEST(Crm, OneRecordOf200ThatSalesforceRefusesIsADeadLetterAndTheOthersAreWrittenOnce) {
  salesforce_org org;
  org.refuse(poisoned);
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + salesforce_sink(org) + "]", one_partition});
  node.start();
  publish(node, 1);
  expect_one_dead_letter(node, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
  expect_all_but_one_written_once(org);
  EXPECT_EQ(largest_batch_with_poison(org, "records", "cx_ticket_id__c"), tickets);
}

TEST(Crm, OneRecordThatPoisonsABatchOfHubspotCostsTheOthersNothing) {
  hubspot_account account;
  account.poison(poisoned);
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + hubspot_sink(account) + "]", one_partition});
  node.start();
  publish(node, 1);
  expect_one_dead_letter(node, "CONFLICT");
  expect_all_but_one_written_once(account);
  EXPECT_EQ(largest_batch_with_poison(account, "inputs", "id"), tickets / 2);
  EXPECT_THAT(node.log(), Not(HasSubstr(std::string(hubspot_account::access_token))));
}

// Locked rows, sessions that end, broken answers: in the end each record is what its ticket is, and none ever went
// back.
TEST(Crm, TroubleInSalesforceLeavesRecordsInOrderAndComplete) {
  constexpr std::uint64_t rounds = 10;
  salesforce_org org;
  for (std::uint64_t t = 0; t < tickets; t += 10)
    org.lock("T-" + std::to_string(t), 2);
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + salesforce_sink(org) + "]", ""});
  node.start();
  for (const auto ending :
       {support::reply_ending::reset_in_body, support::reply_ending::half_body, support::reply_ending::reset}) {
    auto reply = support::said(200, std::string(10'000, 'x'));
    reply.ending = ending;
    org.server().next(reply);
    org.server().next(support::said(503).with("Retry-After", "1"));
  }
  publish(node, rounds);
  org.end_sessions();
  ASSERT_TRUE(node.drains(60s)) << nlohmann::json(node.counts("crm"));
  EXPECT_EQ(node.counts("crm").at("dead"), 0U);
  EXPECT_EQ(org.records().size(), tickets);
  for (std::uint64_t t = 0; t < tickets; ++t) {
    const auto ticket = "T-" + std::to_string(t);
    const auto sequences = org.written(ticket, "cx_sequence__c");
    ASSERT_FALSE(sequences.empty()) << ticket;
    EXPECT_TRUE(std::is_sorted(sequences.begin(), sequences.end())) << ticket << ": " << nlohmann::json(sequences);
    EXPECT_EQ(sequences.back(), rounds) << ticket;
    EXPECT_EQ(org.records().at(ticket)["cx_churn_risk__c"], "low") << ticket;
  }
  EXPECT_EQ(node.contradictions(), "");
}

} // namespace
} // namespace cxstream::integration
