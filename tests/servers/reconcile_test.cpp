// A thousand planted differences in each warehouse of a node that goes on delivering: all are found and mended, and
// none is told where there is none.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/postgres_server.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

namespace cxstream::servers {
namespace {

using namespace integration;
using testing::IsEmpty;

constexpr std::uint64_t quiet_tickets = 1'200; // in which differences are planted
constexpr std::uint64_t events_a_ticket = 4;
constexpr std::uint64_t planted_of_a_kind = 250;

std::string quiet(std::uint64_t number) {
  return "Q-" + std::to_string(number);
}

v1::CanonicalEvent event_of(const std::string& ticket, std::uint64_t number) {
  auto e = support::plain_event(ticket, ticket + "/" + std::to_string(number), static_cast<std::int64_t>(number));
  e.set_status(number % 2 == 0 ? "open" : "pending");
  e.set_account_id("account " + std::to_string(number % 13));
  e.mutable_sentiment()->set_score(static_cast<double>(number % 7) / 10);
  (*e.mutable_custom_metrics())["handle_time_s"] = 1.0 / static_cast<double>(number + 1);
  e.add_raw_tags("tag " + std::to_string(number % 5));
  return e;
}

void publish_quiet_tickets(const node_process& node) {
  publish_client client;
  std::uint64_t number = 0;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::vector<v1::CanonicalEvent> batch;
    for (; number < quiet_tickets * events_a_ticket && batch.size() < 400; ++number)
      batch.push_back(event_of(quiet(number % quiet_tickets), number / quiet_tickets));
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
  ASSERT_EQ(client.acked().size(), quiet_tickets * events_a_ticket);
}

// Goes on until told to end, over tickets of its own, in the same hours.
class live_load {
public:
  explicit live_load(const node_process& node)
      : thread_([this, &node] {
          std::uint64_t number = 0;
          while (!done_)
            publish_for_a_while(node, number);
        }) {
  }
  void end() {
    done_ = true;
    thread_.join();
  }
  std::uint64_t published() const {
    return published_;
  }

private:
  // One stream; a call has a deadline, and the load goes on for longer.
  void publish_for_a_while(const node_process& node, std::uint64_t& number) {
    publish_client client;
    const auto end = std::chrono::steady_clock::now() + 15s;
    client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
      if (done_ || std::chrono::steady_clock::now() > end)
        return std::nullopt;
      std::vector<v1::CanonicalEvent> batch;
      for (int i = 0; i < 50; ++i, ++number)
        batch.push_back(event_of("L-" + std::to_string(number % 300), number / 300));
      std::this_thread::sleep_for(150ms);
      published_ += batch.size();
      return batch;
    });
    EXPECT_TRUE(client.status().ok()) << client.status().error_message();
  }

  std::atomic<bool> done_ = false;
  std::atomic<std::uint64_t> published_ = 0;
  std::thread thread_;
};

std::string in(std::uint64_t from, std::uint64_t to) {
  std::string out = "(";
  for (auto i = from; i < to; ++i)
    out += (i > from ? ", '" : "'") + quiet(i) + "'";
  return out + ")";
}

// 250 missing, 250 stale, 250 altered (half of them a fact), 250 extra; statements that both dialects read.
std::vector<std::string> planted() {
  const auto facts_of = [](const std::string& tickets) {
    return "WHERE ticket_key IN (SELECT ticket_key FROM ticket_current WHERE ticket_id IN " + tickets + ")";
  };
  const auto missing = in(0, 250);
  const auto stale = in(250, 500);
  return {"DELETE FROM fact_ticket_event " + facts_of(missing),
          "DELETE FROM ticket_current WHERE ticket_id IN " + missing,
          "DELETE FROM fact_ticket_event " + facts_of(stale) + " AND ticket_sequence = 4",
          "UPDATE ticket_current SET ticket_sequence = 3 WHERE ticket_id IN " + stale,
          "UPDATE ticket_current SET status = 'tampered' WHERE ticket_id IN " + in(500, 625),
          "UPDATE fact_ticket_event SET sentiment_score = sentiment_score + 0.5 " + facts_of(in(625, 750)) +
              " AND ticket_sequence = 2"};
}

void plant(const postgres_server& server) {
  for (const auto& statement : planted())
    server.rows("SET search_path TO cxstream; " + statement);
  server.rows("SET search_path TO cxstream; INSERT INTO ticket_current (ticket_key, ticket_id, partition,"
              " ticket_sequence, events, late_events, first_occurred_at, last_occurred_at, revisions, updated_at)"
              " SELECT nextval('ticket_key_sequence'), 'X-' || n, 0, 1, 1, 0, now(), now(), '', now()"
              " FROM generate_series(1, 250) n");
}

void plant(const warehouse& db) {
  for (const auto& statement : planted())
    db.rows(statement);
  db.rows("INSERT INTO ticket_current (ticket_id, partition, ticket_sequence, late_events, first_occurred_at,"
          " last_occurred_at, last_occurred_at_us) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
          " WHERE i < 250) SELECT 'X-' || i, 0, 1, 0, '2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z',"
          " 1767323045000000 FROM n");
}

std::uint64_t count(const nlohmann::json& report, const char* name) {
  return std::stoull(report.at(name).get<std::string>());
}

void expect_clean(const nlohmann::json& report) {
  EXPECT_EQ(report.at("ok"), true) << report.dump(1).substr(0, 3'000);
  for (const auto* kind : {"missing", "stale", "altered", "extra"})
    EXPECT_EQ(count(report, kind), 0U) << kind;
}

void expect_planted(const nlohmann::json& report, std::uint64_t mended) {
  for (const auto* kind : {"missing", "stale", "altered", "extra"})
    EXPECT_EQ(count(report, kind), planted_of_a_kind) << kind;
  EXPECT_EQ(count(report, "mended"), mended);
  std::set<std::string> expected;
  for (std::uint64_t i = 0; i < 750; ++i)
    expected.insert(quiet(i));
  for (int i = 1; i <= 250; ++i)
    expected.insert("X-" + std::to_string(i));
  std::set<std::string> told;
  for (const auto& d : report.at("differences"))
    told.insert(d.at("ticket_id").get<std::string>());
  EXPECT_EQ(told, expected);
}

TEST(Reconcile, FindsAndMendsAThousandPlantedDifferencesBesideLiveLoad) {
  if (!postgres_is_here())
    GTEST_SKIP() << "without PostgreSQL";
  const postgres_server server;
  const scratch_dir dir;
  node_process node(dir,
                    {dir / "data",
                     "[{name: embedded, kind: sqlite, path: " + (dir / "w.db") +
                         "}, {name: warehouse, kind: postgres, host: 127.0.0.1, database: postgres, user: cx, port: " +
                         server.port() + "}, {name: archive, kind: file, path: " + (dir / "archive") + "}]",
                     ""});
  node.start();
  publish_quiet_tickets(node);
  ASSERT_TRUE(node.drains(60s)) << node.log();
  live_load load(node);
  ASSERT_TRUE(eventually(30s, [&] { return load.published() > 1'000; }));
  for (const auto* sink : {"embedded", "warehouse"}) {
    expect_clean(node.ask({"reconcile", sink}));
    expect_clean(node.ask({"reconcile", sink, "--repair", "--remove-extra"}));
  }
  plant(server);
  plant(warehouse(dir / "w.db"));
  for (const auto* sink : {"embedded", "warehouse"}) {
    expect_planted(node.ask({"reconcile", sink}), 0);
    expect_planted(node.ask({"reconcile", sink, "--repair"}), 3 * planted_of_a_kind);
    const auto extra = node.ask({"reconcile", sink, "--remove-extra"});
    EXPECT_EQ(count(extra, "extra"), planted_of_a_kind);
    EXPECT_EQ(count(extra, "mended"), planted_of_a_kind);
    expect_clean(node.ask({"reconcile", sink}));
    EXPECT_EQ(node.cli({"reconcile", sink}).exit_code, 0);
  }
  const auto during = load.published();
  load.end();
  EXPECT_GT(during, 3'000U) << "there was no load to speak of";
  ASSERT_TRUE(node.drains(60s));
  for (const auto* sink : {"embedded", "warehouse"})
    expect_clean(node.ask({"reconcile", sink}));
  EXPECT_EQ(server.value("SELECT count(*) FROM cxstream.fact_ticket_event"),
            warehouse(dir / "w.db").value("SELECT count(*) FROM fact_ticket_event"));
  const auto cannot = node.cli({"reconcile", "archive"});
  EXPECT_NE(cannot.exit_code, 0);
  EXPECT_THAT(cannot.err, testing::HasSubstr("cannot be compared"));
}

TEST(Reconcile, IsDoneByTheClockAndTellsItsMetrics) {
  const scratch_dir dir;
  node_process node(
      dir,
      {dir / "data",
       "[{name: embedded, kind: sqlite, path: " + (dir / "w.db") + ", reconcile: {every: 1s, repair: true}}]", ""});
  node.start();
  publish_quiet_tickets(node);
  ASSERT_TRUE(node.drains(60s));
  warehouse(dir / "w.db").rows("UPDATE ticket_current SET status = 'tampered' WHERE ticket_id = 'Q-7'");
  EXPECT_TRUE(eventually(30s, [&] {
    return warehouse(dir / "w.db").value("SELECT status FROM ticket_current WHERE ticket_id = 'Q-7'") != "tampered";
  })) << node.log();
}

} // namespace
} // namespace cxstream::servers
