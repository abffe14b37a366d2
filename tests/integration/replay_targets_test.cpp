// A replay of everything to targets of every kind at once, while new events, and old ones that come late, stream in.
#include "integration/harness/hook_target.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/replay_jobs.hpp"
#include "integration/harness/warehouse.hpp"
#include "support/event_maker.hpp"
#include "support/vendors/salesforce_org.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

namespace cxstream::integration {
namespace {

using support::salesforce_org;
using testing::IsEmpty;

constexpr std::uint64_t tickets = 200;
constexpr std::uint64_t events = 20'000;
constexpr std::uint64_t live_events_a_second = 3'000;
constexpr std::uint64_t batch_events = 100;

// Every third event is older than what its ticket has seen. The driver says how old it is, in eight digits.
v1::CanonicalEvent event_of(std::uint64_t number) {
  const auto second = number % 3 == 2 ? number / 2 : number;
  auto e = support::plain_event("T-" + std::to_string(number % tickets), "key-" + std::to_string(number),
                                static_cast<std::int64_t>(second));
  const auto digits = std::to_string(second);
  e.set_driver("since " + std::string(8 - digits.size(), '0') + digits);
  return e;
}

// As fast as it goes, or so many a second.
void publish(const node_process& node, std::uint64_t from, std::uint64_t to, std::uint64_t events_a_second = 0) {
  publish_client client;
  auto due = std::chrono::steady_clock::now();
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    if (events_a_second > 0)
      std::this_thread::sleep_until(due);
    due += std::chrono::microseconds(events_a_second > 0 ? 1'000'000 * batch_events / events_a_second : 0);
    std::vector<v1::CanonicalEvent> batch;
    for (; from < to && batch.size() < batch_events; ++from)
      batch.push_back(event_of(from));
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
}

// Looks at a warehouse all the time: no ticket may show an older sequence, time or value than before.
class watcher {
public:
  explicit watcher(const std::string& path) : db_(path), thread_([this](const std::stop_token& over) { watch(over); }) {
  }
  void end() {
    thread_.request_stop();
    thread_.join();
  }
  // After end().
  std::uint64_t looks() const {
    return looks_;
  }
  std::string regress() const {
    return regress_;
  }

private:
  void watch(const std::stop_token& over) {
    std::map<std::string, table_row> seen;
    while (!over.stop_requested()) {
      for (const auto& row :
           db_.rows("SELECT ticket_id, ticket_sequence, last_occurred_at, driver FROM ticket_current")) {
        auto& before = seen[row[0]];
        if (!before.empty() &&
            (std::stoull(row[1]) < std::stoull(before[1]) || row[2] < before[2] || row[3] < before[3]))
          regress_ = nlohmann::json(before).dump() + " became " + nlohmann::json(row).dump();
        before = row;
      }
      ++looks_;
      std::this_thread::sleep_for(5ms);
    }
  }

  warehouse db_;
  std::uint64_t looks_ = 0;
  std::string regress_;
  std::jthread thread_; // last
};

// One event as a target that keeps history got it.
struct arrival {
  std::string ticket_id;
  std::uint64_t sequence = 0;
  bool is_replayed = false;
};

std::vector<arrival> arrivals_at(const hook_target& hook) {
  std::vector<arrival> out;
  for (const auto& event : hook.taken())
    out.push_back({event.ticket_id, event.sequence, event.is_replayed});
  return out;
}

std::vector<arrival> arrivals_in(const std::string& archive) {
  std::vector<arrival> out;
  for (const auto& line : read_archive(archive))
    out.push_back({line.at("ticket_id"), line.at("ticket_sequence"), line.value("replayed", false)});
  return out;
}

// Without what is marked, a ticket's events are 1, 2, 3 …; what is marked came before. So who leaves out what is
// marked, or keeps the newest by ticket_sequence, never holds an older value.
std::vector<std::string> out_of_place(const std::vector<arrival>& arrivals) {
  std::vector<std::string> out;
  std::map<std::string, std::uint64_t> newest;
  for (const auto& a : arrivals) {
    auto& held = newest[a.ticket_id];
    if (a.is_replayed ? a.sequence > held : a.sequence != held + 1)
      out.push_back(a.ticket_id + ": " + std::to_string(a.sequence) + " came after " + std::to_string(held) +
                    (a.is_replayed ? ", marked" : ""));
    held = std::max(held, a.sequence);
  }
  return out;
}

std::uint64_t replayed(const std::vector<arrival>& arrivals) {
  return static_cast<std::uint64_t>(std::ranges::count_if(arrivals, &arrival::is_replayed));
}

// Replayed events that came before the last new one.
std::uint64_t replayed_beside_new_ones(const std::vector<arrival>& arrivals) {
  std::uint64_t out = 0;
  std::uint64_t so_far = 0;
  for (const auto& a : arrivals) {
    so_far += a.is_replayed ? 1 : 0;
    out = a.is_replayed ? out : so_far;
  }
  return out;
}

void expect_history_in_place(const char* where, const std::vector<arrival>& arrivals, const nlohmann::json& job) {
  SCOPED_TRACE(where);
  EXPECT_THAT(out_of_place(arrivals), IsEmpty());
  EXPECT_EQ(arrivals.size() - replayed(arrivals), events);
  EXPECT_EQ(replayed(arrivals), number(job, "delivered")) << job;
  EXPECT_GE(number(job, "selected"), events / 2);
  EXPECT_GE(replayed_beside_new_ones(arrivals), 200U) << "it was not during the load";
}

// Every write says whole tickets: none is older than the one before, in any field that tells its age.
void expect_no_record_went_back(const salesforce_org& org) {
  EXPECT_EQ(org.records().size(), tickets);
  for (std::uint64_t t = 0; t < tickets; ++t) {
    const auto ticket = "T-" + std::to_string(t);
    for (const auto* field : {"cx_sequence__c", "cx_occurred_at__c", "cx_driver__c"}) {
      const auto values = org.written(ticket, field);
      EXPECT_TRUE(std::ranges::is_sorted(values)) << ticket << " " << field << ": " << nlohmann::json(values);
      ASSERT_GE(values.size(), 2U) << ticket << ": nothing was replayed";
    }
    EXPECT_EQ(org.records().at(ticket).at("cx_sequence__c"), events / tickets);
  }
}

TEST(ReplayTargets, DuringLiveLoadWithStaleDataNoTargetEverHoldsAnOlderValueThanBefore) {
  salesforce_org org;
  hook_target hook;
  const scratch_dir dir;
  node_process node(
      dir, {dir / "data",
            "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") +
                "}, {name: archive, kind: file, path: " + (dir / "archive") +
                "}, {name: hook, kind: webhook, allow_private: true, batch_events: 20, concurrency: 4, url: '" +
                hook.url() + "'}, {name: crm, kind: salesforce, projection: crm, allow_private: 'true', url: '" +
                org.url() + "', client_id: '" + std::string(salesforce_org::client_id) + "', client_secret: '" +
                std::string(salesforce_org::client_secret) + "'}]",
            ""});
  node.start();
  publish(node, 0, events / 2);
  ASSERT_TRUE(node.drains(60s));

  watcher watch(dir / "warehouse.db");
  std::thread live([&] { publish(node, events / 2, events, live_events_a_second); });
  const auto to_crm = started(node, {"crm"});
  const auto to_warehouse = started(node, {"warehouse"});
  EXPECT_EQ(node.cli({"replay", "start", "hook"}).exit_code, 1) << "nobody said that it takes old events";
  const auto to_hook = started(node, {"hook", "--allow-history"});
  const auto to_archive = started(node, {"archive", "--allow-history"});
  live.join();
  for (const auto& id : {to_crm, to_warehouse, to_hook, to_archive})
    ASSERT_TRUE(ends(node, id)) << shown(node, id);
  ASSERT_TRUE(node.drains(60s));
  watch.end();

  EXPECT_GE(watch.looks(), 50U);
  EXPECT_EQ(watch.regress(), "");
  const auto job = shown(node, to_warehouse);
  EXPECT_GE(number(job, "selected"), events / 2);
  EXPECT_EQ(number(job, "selected"), number(job, "delivered") + number(job, "leftToSink")) << job;
  EXPECT_GE(number(shown(node, to_crm), "delivered"), tickets / 2) << shown(node, to_crm);
  expect_no_record_went_back(org);
  expect_history_in_place("webhook", arrivals_at(hook), shown(node, to_hook));
  expect_history_in_place("file", arrivals_in(dir / "archive"), shown(node, to_archive));
  for (const auto* sink : {"warehouse", "hook", "archive"})
    EXPECT_EQ(node.counts(sink).at("delivered"), events) << sink << ": a replay is in no account but its own";
  EXPECT_EQ(warehouse(dir / "warehouse.db").value("SELECT count(*) FROM fact_ticket_event"), std::to_string(events));
  EXPECT_EQ(node.contradictions(), "");
}

} // namespace
} // namespace cxstream::integration
