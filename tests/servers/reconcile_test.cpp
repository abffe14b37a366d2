// A thousand planted differences in each warehouse of a node that goes on delivering: all are found and mended, and
// none is told where there is none.
#include "integration/harness/live_load.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/reconciled_tickets.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::servers {
namespace {

using namespace integration;

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
  live_load load(node, live_event);
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
    const auto removed = node.ask({"reconcile", sink, "--remove-extra"});
    EXPECT_EQ(count_in(removed, "extra"), planted_of_a_kind);
    EXPECT_EQ(count_in(removed, "mended"), planted_of_a_kind);
    expect_clean(node.ask({"reconcile", sink}));
    EXPECT_EQ(node.cli({"reconcile", sink}).exit_code, 0);
  }
  // A fast machine is done before there was a load to speak of: it compares again.
  do {
    expect_clean(node.ask({"reconcile", "warehouse"}));
  } while (load.published() <= 3'000 && !HasFailure());
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
