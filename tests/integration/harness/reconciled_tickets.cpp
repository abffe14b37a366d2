#include "integration/harness/reconciled_tickets.hpp"

#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cxstream::integration {

namespace {

constexpr auto kinds = {"missing", "stale", "altered", "extra"};

v1::CanonicalEvent event_of(const std::string& ticket, std::uint64_t number) {
  auto e = support::plain_event(ticket, ticket + "/" + std::to_string(number), static_cast<std::int64_t>(number));
  e.set_status(number % 2 == 0 ? "open" : "pending");
  e.set_account_id("account " + std::to_string(number % 13));
  e.mutable_churn_risk()->set_label(number % 2 == 0 ? "low" : "high");
  e.mutable_sentiment()->set_score(static_cast<double>(number % 7) / 10);
  (*e.mutable_custom_metrics())["handle_time_s"] = 1.0 / static_cast<double>(number + 1);
  e.add_raw_tags("tag " + std::to_string(number % 5));
  return e;
}

} // namespace

std::string quiet(std::uint64_t number) {
  return "Q-" + std::to_string(number);
}

std::string extra(std::uint64_t number) {
  return "X-" + std::to_string(number);
}

void publish_quiet_tickets(const node_process& node) {
  publish_client client;
  std::uint64_t number = 0;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::vector<v1::CanonicalEvent> batch;
    for (; number < quiet_tickets * events_a_quiet_ticket && batch.size() < 400; ++number)
      batch.push_back(event_of(quiet(number % quiet_tickets), number / quiet_tickets));
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
  ASSERT_EQ(client.acked().size(), quiet_tickets * events_a_quiet_ticket);
}

v1::CanonicalEvent live_event(std::uint64_t number) {
  constexpr std::uint64_t live_tickets = 300;
  return event_of("L-" + std::to_string(number % live_tickets), number / live_tickets);
}

std::uint64_t count_in(const nlohmann::json& report, const char* name) {
  return std::stoull(report.at(name).get<std::string>());
}

void expect_clean(const nlohmann::json& report) {
  EXPECT_EQ(report.at("ok"), true) << report.dump(1).substr(0, 3'000);
  for (const auto* kind : kinds)
    EXPECT_EQ(count_in(report, kind), 0U) << kind;
}

void expect_planted(const nlohmann::json& report, std::uint64_t mended) {
  for (const auto* kind : kinds)
    EXPECT_EQ(count_in(report, kind), planted_of_a_kind) << kind;
  EXPECT_EQ(count_in(report, "mended"), mended);
  std::set<std::string> expected;
  for (std::uint64_t i = 0; i < 3 * planted_of_a_kind; ++i)
    expected.insert(quiet(i));
  for (std::uint64_t i = 1; i <= planted_of_a_kind; ++i)
    expected.insert(extra(i));
  std::set<std::string> told;
  for (const auto& d : report.at("differences"))
    told.insert(d.at("ticket_id").get<std::string>());
  EXPECT_EQ(told, expected);
}

} // namespace cxstream::integration
