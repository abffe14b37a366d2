// Real event logs through a real node. What must come out is counted by an independent reader of the same files.
#include "integration/harness/event_log.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/subscriber.hpp"
#include "integration/harness/warehouse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace cxstream::integration {
namespace {

using testing::IsEmpty;

constexpr const char* servicenow_log = "eventlogs/servicenow_incident_event_log_rows1-119998.csv.gz";
constexpr const char* italian_log = "eventlogs/helpdesk_italian_disco.csv.gz";
constexpr std::uint64_t servicenow_rows = 119'998;
constexpr std::size_t servicenow_tickets = 20'769;

#define SKIP_WITHOUT(file)                                                                                             \
  if (!std::filesystem::exists(external_data(file)))                                                                   \
  GTEST_SKIP() << "without the external data"

struct log_truth {
  std::uint64_t rows = 0;
  std::map<std::string, std::uint64_t> rows_of_ticket;
  std::set<std::string> closed;
};

log_truth truth_of_servicenow() {
  log_truth truth;
  std::size_t number = 0;
  std::size_t state = 0;
  read_csv(external_data(servicenow_log), [&](const std::vector<std::string>& record) {
    if (truth.rows_of_ticket.empty() && number == state) {
      number = static_cast<std::size_t>(std::find(record.begin(), record.end(), "number") - record.begin());
      state = static_cast<std::size_t>(std::find(record.begin(), record.end(), "incident_state") - record.begin());
      return;
    }
    ++truth.rows;
    ++truth.rows_of_ticket[record.at(number)];
    if (record.at(state) == "Closed")
      truth.closed.insert(record.at(number));
  });
  return truth;
}

class a_node_with_targets {
public:
  a_node_with_targets()
      : node(dir, {dir / "data",
                   "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") +
                       "}, {name: archive, kind: file, path: " + (dir / "archive") + "}]",
                   ""}) {
    node.start();
  }
  nlohmann::json import(std::string_view log, std::string_view mapping, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"import",    external_data(log),    "--mapping", example_mapping(mapping),
                                       "--state",   dir / "import.state",  "--quiet",   "--no-resume",
                                       "--rejects", dir / "rejects.ndjson"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return node.ask(arguments);
  }

  scratch_dir dir;
  node_process node;
};

// The keys of each ticket in the order in which they arrived; the sequences must run 1..n as they come.
class arrivals {
public:
  void take(const std::string& ticket, std::uint64_t sequence, const std::string& key) {
    auto& keys = keys_of_ticket_[ticket];
    if (sequence != keys.size() + 1 && broken_.size() < 10)
      broken_.push_back(ticket + ": " + std::to_string(sequence) + " after " + std::to_string(keys.size()));
    keys.push_back(key);
  }
  const std::vector<std::string>& out_of_order() const {
    return broken_;
  }
  std::map<std::string, std::uint64_t> events_of_ticket() const {
    std::map<std::string, std::uint64_t> out;
    for (const auto& [ticket, keys] : keys_of_ticket_)
      out[ticket] = keys.size();
    return out;
  }
  bool operator==(const arrivals& other) const {
    return keys_of_ticket_ == other.keys_of_ticket_;
  }

private:
  std::map<std::string, std::vector<std::string>> keys_of_ticket_;
  std::vector<std::string> broken_;
};

arrivals in_warehouse(const warehouse& db) {
  arrivals out;
  for (const auto& row : db.rows("SELECT ticket_id, ticket_sequence, idempotency_key FROM v_ticket_history "
                                 "ORDER BY partition, log_offset"))
    out.take(row[0], std::stoull(row[1]), row[2]);
  return out;
}

arrivals in_archive(const std::string& directory) {
  arrivals out;
  for (const auto& line : read_archive(directory))
    out.take(line.at("ticket_id"), line.at("ticket_sequence"), line.at("idempotency_key"));
  return out;
}

arrivals at_subscriber(const node_process& node, std::uint64_t events) {
  arrivals out;
  const auto came = consume(node.channel(), "reader", events, 60s, [&](const v1::CanonicalEvent& e) {
    out.take(e.ticket_id(), e.pipeline().ticket_sequence(), e.idempotency_key());
  });
  EXPECT_EQ(came, events);
  return out;
}

std::set<std::string> closed_in(const warehouse& db) {
  std::set<std::string> out;
  for (const auto& row : db.rows("SELECT ticket_id FROM ticket_current WHERE status = 'closed'"))
    out.insert(row[0]);
  return out;
}

// What a ticket came to, without the place of its events in the node's log.
std::vector<table_row> final_states(const warehouse& db) {
  return db.rows(
      "SELECT ticket_id, ticket_sequence, first_occurred_at, last_occurred_at, account_id, status, priority, "
      "channel, agent_id, canonical_tag, driver, raw_tags, "
      "json_extract(custom_metrics, '$.reassignment_count'), json_extract(custom_metrics, '$.reopen_count') "
      "FROM ticket_current ORDER BY ticket_id");
}

TEST(RealLogs, EveryTargetAgreesOnEveryTicketOfTheServiceNowLog) {
  SKIP_WITHOUT(servicenow_log);
  const auto truth = truth_of_servicenow();
  ASSERT_EQ(truth.rows, servicenow_rows);
  ASSERT_EQ(truth.rows_of_ticket.size(), servicenow_tickets);
  a_node_with_targets at;

  const auto summary = at.import(servicenow_log, "servicenow.yaml");
  EXPECT_EQ(summary.at("accepted"), truth.rows) << summary;
  ASSERT_TRUE(at.node.drains(60s));

  const warehouse db(at.dir / "warehouse.db");
  const auto warehoused = in_warehouse(db);
  EXPECT_THAT(warehoused.out_of_order(), IsEmpty());
  EXPECT_EQ(warehoused.events_of_ticket(), truth.rows_of_ticket);
  const auto archived = in_archive(at.dir / "archive");
  EXPECT_THAT(archived.out_of_order(), IsEmpty());
  EXPECT_TRUE(archived == warehoused);
  const auto consumed = at_subscriber(at.node, truth.rows);
  EXPECT_THAT(consumed.out_of_order(), IsEmpty());
  EXPECT_TRUE(consumed == warehoused);

  const auto closed = closed_in(db);
  EXPECT_TRUE(std::includes(closed.begin(), closed.end(), truth.closed.begin(), truth.closed.end()));
  EXPECT_TRUE(truth.closed.contains("INC0000135"));
  EXPECT_EQ(at.node.ask({"ticket", "show", "INC0000135"}).at("ticket").at("status").at("value"), "closed");
  EXPECT_EQ(at.node.contradictions(), "");
}

TEST(RealLogs, ImportingTheServiceNowLogAgainChangesNoByteOfAnyTarget) {
  SKIP_WITHOUT(servicenow_log);
  a_node_with_targets at;
  at.import(servicenow_log, "servicenow.yaml");
  ASSERT_TRUE(at.node.drains(60s));
  const auto archived = archive_bytes(at.dir / "archive");
  warehouse(at.dir / "warehouse.db").copy_to(at.dir / "before.db");

  const auto again = at.import(servicenow_log, "servicenow.yaml");
  EXPECT_EQ(again.at("duplicate"), servicenow_rows) << again;
  EXPECT_EQ(again.at("accepted"), 0);
  ASSERT_TRUE(at.node.drains(60s));

  EXPECT_TRUE(archive_bytes(at.dir / "archive") == archived);
  EXPECT_THAT(warehouse(at.dir / "warehouse.db").tables_unlike(at.dir / "before.db"), IsEmpty());
}

TEST(RealLogs, ShufflingTheServiceNowLogLeadsToTheSameTickets) {
  SKIP_WITHOUT(servicenow_log);
  a_node_with_targets in_order;
  a_node_with_targets shuffled;
  EXPECT_EQ(in_order.import(servicenow_log, "servicenow.yaml").at("accepted"), servicenow_rows);
  EXPECT_EQ(shuffled.import(servicenow_log, "servicenow.yaml", {"--shuffle", "7"}).at("accepted"), servicenow_rows);
  ASSERT_TRUE(in_order.node.drains(60s, {"warehouse"}));
  ASSERT_TRUE(shuffled.node.drains(60s, {"warehouse"}));

  const auto expected = final_states(warehouse(in_order.dir / "warehouse.db"));
  const auto found = final_states(warehouse(shuffled.dir / "warehouse.db"));
  ASSERT_EQ(expected.size(), servicenow_tickets);
  ASSERT_EQ(found.size(), expected.size());
  std::vector<std::string> unlike;
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (expected[i] != found[i])
      unlike.push_back(testing::PrintToString(expected[i]) + " became " + testing::PrintToString(found[i]));
  EXPECT_THAT(unlike, IsEmpty()) << unlike.size() << " tickets";
}

TEST(RealLogs, KeepsIdenticalRowsOfTheItalianHelpdeskApart) {
  SKIP_WITHOUT(italian_log);
  constexpr int rows = 21'348;
  a_node_with_targets at;
  EXPECT_EQ(at.import(italian_log, "helpdesk_italian.yaml").at("accepted"), rows);
  ASSERT_TRUE(at.node.drains(60s));
  EXPECT_EQ(warehouse(at.dir / "warehouse.db").value("SELECT count(*) FROM fact_ticket_event"), std::to_string(rows));
  EXPECT_EQ(read_archive(at.dir / "archive").size(), rows);
  EXPECT_EQ(at.import(italian_log, "helpdesk_italian.yaml").at("duplicate"), rows);
}

} // namespace
} // namespace cxstream::integration
