// A node that fills PostgreSQL and SQLite side by side from a real log: both hold the same, ticket by ticket, whatever
// the order of the rows and whatever is killed meanwhile.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace cxstream::servers {
namespace {

using namespace integration;
using testing::IsEmpty;

constexpr const char* servicenow_log = "eventlogs/servicenow_incident_event_log_rows1-119998.csv.gz";
constexpr std::uint64_t servicenow_rows = 119'998;
constexpr std::size_t servicenow_tickets = 20'769;

#define SKIP_WITHOUT_SERVER_AND_LOG()                                                                                  \
  if (!postgres_is_here() || !std::filesystem::exists(external_data(servicenow_log)))                                  \
  GTEST_SKIP() << "without PostgreSQL or the external data"

class a_node_with_warehouses {
public:
  explicit a_node_with_warehouses(const postgres_server& server, const std::string& schema = "cxstream")
      : node(dir, {dir / "data",
                   "[{name: embedded, kind: sqlite, path: " + (dir / "warehouse.db") +
                       "}, {name: warehouse, kind: postgres, host: 127.0.0.1, port: " + server.port() +
                       ", database: postgres, user: cx, connect_timeout: 2s, schema: " + schema +
                       ", breaker: {open_max: 1s}}]",
                   ""}) {
    node.start();
  }
  nlohmann::json import(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{
        "import",    external_data(servicenow_log), "--mapping", example_mapping("servicenow.yaml"),
        "--state",   dir / "import.state",          "--quiet",   "--no-resume",
        "--rejects", dir / "rejects.ndjson"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return node.ask(arguments);
  }

  scratch_dir dir;
  node_process node;
};

std::vector<std::string> joined(const std::vector<table_row>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) {
    auto& text = out.emplace_back();
    for (const auto& column : row)
      text.append(&column == row.data() ? "" : "|").append(column);
  }
  return out;
}

// The first lines that are not the same.
std::vector<std::string> unlike(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  if (a.size() != b.size())
    out.push_back(std::to_string(a.size()) + " and " + std::to_string(b.size()) + " lines");
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && out.size() < 3; ++i)
    if (a[i] != b[i])
      out.push_back(a[i] + " <> " + b[i]);
  return out;
}

// The whole state with the revision of every field.
std::vector<std::string> states_in(const warehouse& db) {
  return joined(db.rows("SELECT ticket_id, hex(revisions) FROM ticket_current ORDER BY ticket_id"));
}
std::vector<std::string> states_in(const postgres_server& server) {
  return server.rows("SELECT ticket_id, upper(encode(revisions, 'hex')) FROM cxstream.ticket_current"
                     " ORDER BY ticket_id COLLATE \"C\"");
}
constexpr const char* facts_sql =
    "SELECT ticket_id, ticket_sequence, idempotency_key, event_type, partition, log_offset,"
    " status, account_id, agent_id, driver FROM ";

void expect_the_same(const postgres_server& server, const warehouse& embedded) {
  EXPECT_EQ(server.value("SELECT count(*) FROM cxstream.fact_ticket_event"), std::to_string(servicenow_rows));
  EXPECT_EQ(server.value("SELECT sum(inserted) FROM cxstream.load_audit"), std::to_string(servicenow_rows));
  const auto states = states_in(embedded);
  EXPECT_EQ(states.size(), servicenow_tickets);
  EXPECT_THAT(unlike(states_in(server), states), IsEmpty());
  EXPECT_THAT(unlike(server.rows(facts_sql + std::string("cxstream.v_ticket_history ORDER BY partition, log_offset")),
                     joined(embedded.rows(facts_sql + std::string("v_ticket_history ORDER BY partition, log_offset")))),
              IsEmpty());
}

TEST(NodeWarehouses, AgreeOnEveryTicketOfTheServiceNowLog) {
  SKIP_WITHOUT_SERVER_AND_LOG();
  const postgres_server server;
  a_node_with_warehouses at(server);
  EXPECT_EQ(at.import().at("accepted"), servicenow_rows);
  ASSERT_TRUE(at.node.drains(120s)) << at.node.log();
  expect_the_same(server, warehouse(at.dir / "warehouse.db"));
  EXPECT_EQ(at.node.contradictions(), "");
}

// What a ticket came to, without the place of its events in the node's log.
std::vector<std::string> final_states(const postgres_server& server, const std::string& schema) {
  return server.rows("SELECT ticket_id, ticket_sequence, first_occurred_at, last_occurred_at, account_id, status,"
                     " priority, channel, agent_id, canonical_tag, driver, raw_tags,"
                     " custom_metrics -> 'reassignment_count', custom_metrics -> 'reopen_count' FROM " +
                     schema + ".ticket_current ORDER BY ticket_id COLLATE \"C\"");
}

TEST(NodeWarehouses, HoldTheSameTicketsWhenTheRowsOfTheLogAreShuffled) {
  SKIP_WITHOUT_SERVER_AND_LOG();
  const postgres_server server;
  {
    a_node_with_warehouses in_order(server, "in_order");
    EXPECT_EQ(in_order.import().at("accepted"), servicenow_rows);
    ASSERT_TRUE(in_order.node.drains(120s, {"warehouse"}));
  }
  {
    a_node_with_warehouses shuffled(server, "shuffled");
    EXPECT_EQ(shuffled.import({"--shuffle", "7"}).at("accepted"), servicenow_rows);
    ASSERT_TRUE(shuffled.node.drains(120s, {"warehouse"}));
  }
  EXPECT_THAT(unlike(final_states(server, "in_order"), final_states(server, "shuffled")), IsEmpty());
  EXPECT_EQ(server.value("SELECT count(*) FROM shuffled.fact_ticket_event"), std::to_string(servicenow_rows));
}

TEST(NodeWarehouses, HoldEverythingOnceAlthoughServerAndNodeAreKilledDuringTheLoad) {
  SKIP_WITHOUT_SERVER_AND_LOG();
  postgres_server server;
  a_node_with_warehouses at(server);
  EXPECT_EQ(at.import().at("accepted"), servicenow_rows);
  const auto loaded = [&] {
    try {
      return std::stoull(server.value("SELECT count(*) FROM cxstream.fact_ticket_event"));
    } catch (const std::exception&) {
      return 0ULL;
    }
  };
  int kills = 0;
  for (std::uint64_t mark = 5'000; mark < servicenow_rows && kills < 4; mark = loaded() + 15'000, ++kills) {
    if (!eventually(60s, [&] { return loaded() >= mark; }) || loaded() == servicenow_rows)
      break;
    if (kills % 2 == 0) {
      server.kill9();
      server.start();
    } else {
      at.node.kill9();
      at.node.bury();
      at.node.start();
    }
  }
  RecordProperty("kills", kills);
  ASSERT_TRUE(at.node.drains(180s)) << at.node.log();
  expect_the_same(server, warehouse(at.dir / "warehouse.db"));
  EXPECT_EQ(at.node.contradictions(), "");
}

} // namespace
} // namespace cxstream::servers
