// The census of Salesforce and HubSpot against stand-ins: what is as it should be shows no difference; every planted
// one is found and mended.
#include "connectors/hubspot/plan.hpp"
#include "connectors/salesforce/plan.hpp"

#include "connectors/crm/record_comparison.hpp"
#include "ports/census.hpp"
#include "support/vendors/hubspot_account.hpp"
#include "support/vendors/salesforce_org.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::event_of;
using connectors_test::log_of_events;
using connectors_test::now;
using nlohmann::json;
using support::hubspot_account;
using support::salesforce_org;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto width = std::chrono::hours{1};

using planner = base::result<blueprint> (*)(const config::sink_config&);

std::unique_ptr<ports::target> target_of(planner plan, const std::string& kind,
                                         std::map<std::string, std::string> settings) {
  config::sink_config sink;
  sink.name = "crm";
  sink.kind = kind;
  sink.projection.set_kind(v1::CRM);
  sink.settings = std::move(settings);
  sink.settings["allow_private"] = "true";
  auto planned = plan(sink);
  EXPECT_TRUE(planned) << planned.err().message;
  return std::move(planned->target);
}

std::unique_ptr<ports::target> target_at(const salesforce_org& org) {
  return target_of(plan_salesforce, "salesforce",
                   {{"url", org.url()},
                    {"client_id", std::string(salesforce_org::client_id)},
                    {"client_secret", std::string(salesforce_org::client_secret)}});
}

std::unique_ptr<ports::target> target_at(const hubspot_account& account) {
  return target_of(plan_hubspot, "hubspot",
                   {{"url", account.url()},
                    {"access_token", std::string(hubspot_account::access_token)},
                    {"search_spacing", "1ms"}});
}

// Events of tickets, in order: signals, fields that are cleared, late ones.
std::map<std::string, std::vector<ports::delivery>> histories(int tickets) {
  log_of_events log;
  std::map<std::string, std::vector<ports::delivery>> out;
  for (int t = 0; t < tickets; ++t) {
    const auto ticket = "T" + std::to_string(t);
    for (std::uint64_t n = 1; n <= 3; ++n) {
      auto event = event_of(ticket, n == 2 ? 1'000 + static_cast<std::uint64_t>(t) * 60 : n);
      event.set_idempotency_key(ticket + "/" + std::to_string(n));
      event.set_account_id("A" + std::to_string(t % 3));
      event.mutable_churn_risk()->set_label(n == 2 ? "high" : "low");
      if (t % 2 == 0)
        event.mutable_churn_risk()->set_score(0.123456);
      if (n == 1)
        event.set_driver("billing");
      if (n == 2 && t % 5 == 0)
        event.mutable_cleared()->add_paths("driver");
      out[ticket].push_back(log.add(event));
    }
  }
  return out;
}

// Delivers what a sink of state is sent: the last event with the ticket's state.
void deliver(ports::target& target, const std::map<std::string, std::vector<ports::delivery>>& all) {
  std::vector<ports::delivery> carriers;
  for (const auto& [ticket, events] : all) {
    folded_ticket state;
    for (const auto& event : events)
      state.add(event);
    carriers.push_back(*state.carrier());
  }
  for (const auto& outcome : target.deliver(carriers, now))
    ASSERT_EQ(outcome.result, ports::delivery_result::delivered) << outcome.reason;
}

struct differences {
  std::set<std::string> missing;
  std::set<std::string> differing;
  std::set<std::string> extra;
  bool none() const {
    return missing.empty() && differing.empty() && extra.empty();
  }
};

differences compare(ports::census& census, const std::map<std::string, std::vector<ports::delivery>>& all) {
  std::map<std::string, ports::census_row> expected;
  std::map<std::int64_t, std::uint64_t> expected_digests;
  for (const auto& [ticket, events] : all) {
    const auto expectation = census.expect();
    for (const auto& event : events)
      expectation->add(event);
    expected[ticket] = expectation->row();
    expected_digests[ports::bucket_of(expected[ticket].last_occurred_at, width)] ^= expected[ticket].digest;
  }
  differences out;
  std::set<std::int64_t> unlike;
  const auto buckets = census.summarise(width);
  EXPECT_TRUE(buckets) << buckets.err().message;
  auto left = expected_digests;
  for (const auto& bucket : *buckets) {
    if (!expected_digests.contains(bucket.number) || expected_digests[bucket.number] != bucket.digest)
      unlike.insert(bucket.number);
    left.erase(bucket.number);
  }
  for (const auto& [number, digest] : left)
    unlike.insert(number);
  for (const auto number : unlike) {
    const auto from = base::timestamp{number * std::chrono::seconds{width}};
    const auto rows = census.rows_between(from, from + width);
    EXPECT_TRUE(rows) << rows.err().message;
    std::set<std::string> seen;
    for (const auto& row : *rows) {
      seen.insert(row.ticket_id);
      if (!expected.contains(row.ticket_id))
        out.extra.insert(row.ticket_id);
      else if (!(expected[row.ticket_id] == row))
        out.differing.insert(row.ticket_id);
    }
    for (const auto& [ticket, row] : expected)
      if (ports::bucket_of(row.last_occurred_at, width) == number && !seen.contains(ticket))
        out.missing.insert(ticket);
  }
  return out;
}

template <class Vendor>
void find_and_mend_a_thousand(Vendor& vendor, const std::string& risk, const std::string& sequence) {
  constexpr int tickets = 1'500;
  const auto all = histories(tickets);
  const auto target = target_at(vendor);
  ASSERT_TRUE(target->open());
  deliver(*target, all);
  auto* census = target->census_taker();
  ASSERT_NE(census, nullptr);
  ASSERT_TRUE(compare(*census, all).none()) << "nothing was planted yet";

  std::set<std::string> missing;
  std::set<std::string> differing;
  std::set<std::string> extra;
  const auto records = vendor.records();
  for (int t = 0; t < 1'000; ++t) {
    const auto ticket = "T" + std::to_string(t);
    auto record = records.at(ticket);
    switch (t % 4) {
      case 0:
        vendor.remove(ticket);
        missing.insert(ticket);
        break;
      case 1: // stale
        record[sequence] = 1;
        record[risk] = "low";
        vendor.put(ticket, record);
        differing.insert(ticket);
        break;
      case 2: // altered
        record[risk] = "very_high";
        vendor.put(ticket, record);
        differing.insert(ticket);
        break;
      default:
        vendor.put("X" + std::to_string(t), record);
        extra.insert("X" + std::to_string(t));
    }
  }
  const auto found = compare(*census, all);
  EXPECT_EQ(found.missing, missing);
  EXPECT_EQ(found.differing, differing);
  EXPECT_EQ(found.extra, extra);

  for (const auto& some : {found.missing, found.differing})
    for (const auto& ticket : some) {
      const auto mended = census->repair(all.at(ticket), {}, now);
      ASSERT_TRUE(mended) << mended.err().message;
      EXPECT_EQ(*mended, ports::mended::done);
    }
  for (const auto& ticket : found.extra)
    ASSERT_TRUE(census->remove(ticket));
  EXPECT_TRUE(compare(*census, all).none());
  EXPECT_EQ(vendor.records().size(), static_cast<std::size_t>(tickets));
}

TEST(SalesforceCensus, FindsAndMendsAThousandPlantedDifferences) {
  salesforce_org org;
  find_and_mend_a_thousand(org, "cx_churn_risk__c", "cx_sequence__c");
}

TEST(HubspotCensus, FindsAndMendsAThousandPlantedDifferences) {
  hubspot_account account;
  find_and_mend_a_thousand(account, "cx_churn_risk", "cx_sequence");
}

TEST(HubspotCensus, PassesOverNoRecordBecauseOthersAreWrittenBetweenTwoPages) {
  constexpr int tickets = 500, written = 150;
  hubspot_account account;
  const auto target = target_at(account);
  ASSERT_TRUE(target->open());
  deliver(*target, histories(tickets));
  account.after_search([](std::map<std::string, json>& records) {
    constexpr std::uint64_t a_day_ms = 86'400'000;
    for (int t = 0; t < written; ++t) { // the earliest are the latest now
      auto& at = records.at("T" + std::to_string(t))["cx_occurred_at"];
      at = at.get<std::uint64_t>() + a_day_ms;
    }
  });
  const auto rows = target->census_taker()->rows_between(base::from_us(0), now + std::chrono::days{100});
  ASSERT_TRUE(rows) << rows.err().message;
  std::set<std::string> found;
  for (const auto& row : *rows)
    found.insert(row.ticket_id);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(tickets));
}

TEST(SalesforceCensus, ARecordThatHasMovedOnIsNotMended) {
  salesforce_org org;
  const auto all = histories(1);
  const auto target = target_at(org);
  ASSERT_TRUE(target->open());
  deliver(*target, all);
  auto* census = target->census_taker();
  const std::span earlier(all.at("T0").data(), 2);
  EXPECT_EQ(*census->repair(earlier, {}, now), ports::mended::moved_on);
  EXPECT_EQ(org.records().at("T0")["cx_sequence__c"], 3);
  EXPECT_EQ(*census->repair(earlier, base::ticket_sequence{3}, now), ports::mended::done) << "3 was judged to be wrong";
  EXPECT_EQ(org.records().at("T0")["cx_sequence__c"], 2);
}

TEST(SalesforceCensus, ATargetThatIsAwayIsSaid) {
  salesforce_org org;
  const auto target = target_at(org);
  ASSERT_TRUE(target->open());
  org.server().stop();
  EXPECT_EQ(target->census_taker()->summarise(width).err().code, base::error_code::unavailable);
}

TEST(RecordComparison, TakesForTheSameWhatATargetWritesInItsOwnWay) {
  EXPECT_EQ(comparable(value_kind::number, "0.5000"), comparable(value_kind::number, "0.5"));
  EXPECT_EQ(comparable(value_kind::number, "3"), comparable(value_kind::number, "3.0"));
  EXPECT_NE(comparable(value_kind::number, "3"), comparable(value_kind::number, "3.1"));
  EXPECT_EQ(comparable(value_kind::time, "2026-01-02T03:04:05.000+0000"),
            comparable(value_kind::time, "2026-01-02T03:04:05.123456Z"));
  EXPECT_EQ(comparable(value_kind::time, "1767323045999"), comparable(value_kind::time, "2026-01-02T03:04:05Z"));
  EXPECT_EQ(comparable(value_kind::day, "2026-01-02"), comparable(value_kind::day, "1767312000000"));
  EXPECT_EQ(comparable(value_kind::flag, "True"), "true");
  EXPECT_EQ(comparable(value_kind::text, " a "), "a");
  EXPECT_EQ(comparable(value_kind::number, "many"), "many");
}

} // namespace
} // namespace cxstream::connectors
