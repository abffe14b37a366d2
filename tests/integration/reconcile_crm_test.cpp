// A thousand planted differences in the records of Salesforce and HubSpot, beside a load that goes on: all are found
// and mended, and none is told where there is none.
#include "integration/harness/live_load.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/reconciled_tickets.hpp"
#include "support/vendors/hubspot_account.hpp"
#include "support/vendors/salesforce_org.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cxstream::integration {
namespace {

using support::hubspot_account;
using support::salesforce_org;

// Names of fields at the vendor.
struct field_names {
  std::string sequence;
  std::string risk;
  std::string score;
};

template <class Vendor>
void plant(Vendor& vendor, const field_names& names) {
  const auto records = vendor.records();
  const auto change = [&](std::uint64_t number, const std::string& field, const nlohmann::json& value) {
    auto record = records.at(quiet(number));
    record[field] = value;
    vendor.put(quiet(number), record);
  };
  for (std::uint64_t i = 0; i < planted_of_a_kind; ++i) {
    vendor.remove(quiet(i));
    change(planted_of_a_kind + i, names.sequence, 3);
    change(2 * planted_of_a_kind + i, i % 2 == 0 ? names.risk : names.score, i % 2 == 0 ? "very_high" : "0.9999");
    vendor.put(extra(i + 1), records.at(quiet(quiet_tickets - 1)));
  }
}

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

template <class Vendor>
void find_and_mend_a_thousand(Vendor& vendor, const std::string& sink, const field_names& names,
                              const std::function<void(std::chrono::milliseconds)>& answer_after) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + sink + "]", ""});
  node.start();
  publish_quiet_tickets(node);
  ASSERT_TRUE(node.drains(60s)) << node.log();
  ASSERT_EQ(vendor.records().size(), quiet_tickets);
  // Slow answers make events wait and carry each other while the comparison looks.
  answer_after(1'500ms);
  live_load load(node, live_event);
  ASSERT_TRUE(eventually(30s, [&] { return load.published() > 1'500; }));
  for (int i = 0; i < 3; ++i)
    expect_clean(node.ask({"reconcile", "crm"}));
  expect_clean(node.ask({"reconcile", "crm", "--repair", "--remove-extra"}));

  answer_after(0ms);
  plant(vendor, names);
  expect_planted(node.ask({"reconcile", "crm"}), 0);
  expect_planted(node.ask({"reconcile", "crm", "--repair"}), 3 * planted_of_a_kind);
  const auto removed = node.ask({"reconcile", "crm", "--remove-extra"});
  EXPECT_EQ(count_in(removed, "extra"), planted_of_a_kind);
  EXPECT_EQ(count_in(removed, "mended"), planted_of_a_kind);
  // A fast machine is done before there was a load to speak of: it compares again.
  do {
    expect_clean(node.ask({"reconcile", "crm"}));
  } while (load.published() <= 2'000 && !testing::Test::HasFailure());
  const auto during = load.published();
  load.end();
  EXPECT_GT(during, 2'000U) << "there was no load to speak of";

  ASSERT_TRUE(node.drains(60s));
  expect_clean(node.ask({"reconcile", "crm"}));
  EXPECT_EQ(node.cli({"reconcile", "crm"}).exit_code, 0);
  const auto records = vendor.records();
  EXPECT_EQ(records.size(), quiet_tickets + 300);
  for (std::uint64_t i = 0; i < quiet_tickets; ++i) {
    const auto& record = records.at(quiet(i));
    EXPECT_EQ(text_of(record.at(names.sequence)), std::to_string(events_a_quiet_ticket)) << quiet(i);
    EXPECT_EQ(text_of(record.at(names.risk)), "high") << quiet(i);
  }
  EXPECT_EQ(node.contradictions(), "");
}

TEST(ReconcileCrm, FindsAndMendsAThousandPlantedDifferencesInSalesforceBesideLiveLoad) {
  salesforce_org org;
  find_and_mend_a_thousand(org,
                           "{name: crm, kind: salesforce, projection: crm, allow_private: 'true', url: '" + org.url() +
                               "', client_id: '" + std::string(salesforce_org::client_id) + "', client_secret: '" +
                               std::string(salesforce_org::client_secret) + "'}",
                           {"cx_sequence__c", "cx_churn_risk__c", "cx_sentiment_score__c"}, [](auto) {});
}

TEST(ReconcileCrm, FindsAndMendsAThousandPlantedDifferencesInHubspotBesideLiveLoad) {
  hubspot_account account;
  find_and_mend_a_thousand(
      account,
      "{name: crm, kind: hubspot, projection: crm, allow_private: 'true', search_spacing: 1ms, url: '" + account.url() +
          "', access_token: '" + std::string(hubspot_account::access_token) + "'}",
      {"cx_sequence", "cx_churn_risk", "cx_sentiment_score"}, [&](auto delay) { account.answer_writes_after(delay); });
}

} // namespace
} // namespace cxstream::integration
