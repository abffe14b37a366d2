#include "connectors/sqlite/sqlite_target.hpp"

#include "connectors/sqlite/schema.hpp"
#include "deliveries.hpp"
#include "support/event_maker.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

namespace cxstream::connectors {
namespace {

using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::full_event;
using testing::ElementsAre;
using testing::HasSubstr;

// Rows of a query, columns joined by "|", as an independent reader sees them.
std::vector<std::string> rows(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  std::vector<std::string> out;
  const auto collect = [](void* into, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row.append(i > 0 ? "|" : "").append(values[i] != nullptr ? values[i] : "");
    static_cast<std::vector<std::string>*>(into)->push_back(row);
    return 0;
  };
  char* problem = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), collect, &out, &problem), SQLITE_OK) << problem;
  sqlite3_free(problem);
  sqlite3_close(db);
  return out;
}

// Every row of every table.
std::vector<std::string> dump(const std::string& path) {
  std::vector<std::string> out;
  for (const auto& table : rows(path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
    for (const auto& columns :
         rows(path,
              "SELECT group_concat('quote(\"' || name || '\")', '||''|''||') FROM pragma_table_info('" + table + "')"))
      for (const auto& row : rows(path, "SELECT " + columns + " FROM " + table + " ORDER BY 1"))
        out.push_back(table + ": " + row);
  return out;
}

class SqliteTarget : public testing::Test {
protected:
  std::unique_ptr<sqlite_target> open() const {
    auto target = std::make_unique<sqlite_target>(sqlite_settings{path_, std::chrono::milliseconds(20)});
    const auto opened = target->open();
    EXPECT_TRUE(opened) << (opened ? "" : opened.err().message);
    return target;
  }
  std::vector<std::string> sql(const std::string& query) const {
    return rows(path_, query);
  }

  connectors_test::scratch_directory directory_;
  std::string path_ = directory_ / "warehouse/w.db";
  log_of_events log_;
};

TEST_F(SqliteTarget, FillsTheStarSchemaFromAnEvent) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1))}, now)));
  EXPECT_THAT(
      sql("SELECT ticket_id, ticket_sequence, occurred_at, event_type, source_system, account_id, agent_id,"
          " customer_id, canonical_tag, driver, sentiment, sentiment_score, churn_risk, custom_metrics, raw_tags,"
          " idempotency_key, received_at, delivered_at, late FROM v_ticket_history"),
      ElementsAre(
          R"(T1|1|2026-01-02T03:04:06Z|ticket.updated|servicenow|acme|ann|carl|vpn|access|negative|-0.5|high|)"
          R"({"handle_time_s":12.5}|["vpn \"down\"\\","vpn \"down\"\\","urgent"]|T1/1|2026-01-02T03:04:05.000001Z|)"
          R"(2026-01-03T03:04:05Z|0)"));
  EXPECT_THAT(sql("SELECT * FROM dim_date"), ElementsAre("20260102|2026-01-02|2026|1|1|2|5"));
  EXPECT_THAT(sql("SELECT raw_tag FROM bridge_event_raw_tag JOIN dim_raw_tag USING (raw_tag_key) ORDER BY 1"),
              ElementsAre("urgent", "vpn \"down\"\\"));
  EXPECT_THAT(sql("SELECT date, driver, events, tickets, negative_events, churn_risk_events FROM v_driver_daily"),
              ElementsAre("2026-01-02|access|1|1|1|1"));
  EXPECT_THAT(sql("SELECT occurred_at_us, committed_at_us, effort_confidence, effort FROM fact_ticket_event"),
              ElementsAre("1767323046000000|1767323045000002|0.5|"));
  EXPECT_THAT(sql("SELECT * FROM delivery_cursor"), ElementsAre("3|1"));
}

TEST_F(SqliteTarget, ChangesNoByteOfAnyRowWhenABatchComesAgain) {
  std::vector<ports::delivery> events;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    auto e = full_event("T" + std::to_string(n % 7), n);
    for (int m = 0; m < 8; ++m)
      (*e.mutable_custom_metrics())["m" + std::to_string(m * n % 13)] = 1.0 / static_cast<double>(n);
    events.push_back(log_.add(e, static_cast<std::uint16_t>(n % 7)));
  }
  {
    auto target = open();
    EXPECT_TRUE(all_delivered(target->deliver(events, now)));
    const auto before = dump(path_);
    EXPECT_GT(before.size(), 600u);
    EXPECT_TRUE(all_delivered(target->deliver(events, now + std::chrono::hours(1))));
    EXPECT_EQ(dump(path_), before);
  }
  const auto before = dump(path_);
  auto again = open(); // after a kill: nothing in memory
  EXPECT_TRUE(all_delivered(again->deliver(events, now + std::chrono::hours(2))));
  EXPECT_EQ(dump(path_), before);
}

TEST_F(SqliteTarget, KeepsTheNewestValueOfEachFieldWhateverTheOrderOfArrival) {
  auto helpdesk = event_of("T1", 5);
  helpdesk.set_status("closed");
  auto enricher = event_of("T1", 3); // older, and says something the other does not
  enricher.mutable_sentiment()->set_label("negative");
  enricher.set_status("open");
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(helpdesk)}, now)));
  auto late = log_.add(enricher);
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{late}, now)));
  EXPECT_THAT(sql("SELECT status, sentiment, ticket_sequence, first_occurred_at, last_occurred_at FROM ticket_current"),
              ElementsAre("closed|negative|2|2026-01-02T03:04:08Z|2026-01-02T03:04:10Z"));
}

TEST_F(SqliteTarget, LeavesAFieldThatIsAbsentAndEmptiesOneThatIsCleared) {
  auto second = event_of("T1", 2);
  second.mutable_cleared()->add_paths("driver");
  second.mutable_cleared()->add_paths("custom_metrics.handle_time_s");
  second.mutable_cleared()->add_paths("raw_tags");
  second.mutable_cleared()->add_paths("sentiment");
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1)), log_.add(second)}, now)));
  EXPECT_THAT(sql("SELECT status, driver, custom_metrics, raw_tags, sentiment, churn_risk FROM ticket_current"),
              ElementsAre("open|||||high"));
  EXPECT_THAT(sql("SELECT cleared FROM fact_ticket_event WHERE ticket_sequence = 2"),
              ElementsAre(R"(["driver","custom_metrics.handle_time_s","raw_tags","sentiment"])"));
}

TEST_F(SqliteTarget, GoesOnFoldingAfterAKillWithTheRevisionsItKept) {
  auto newer = event_of("T1", 9);
  newer.set_status("closed");
  auto older = event_of("T1", 2);
  older.set_status("open");
  {
    auto target = open();
    EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(newer)}, now)));
  }
  auto again = open();
  EXPECT_TRUE(all_delivered(again->deliver(std::vector{log_.add(older)}, now)));
  EXPECT_THAT(sql("SELECT status, ticket_sequence FROM ticket_current"), ElementsAre("closed|2"));
}

TEST_F(SqliteTarget, TakesTheEventsOfAPartitionOutOfOrderAndMovesTheCursorOnlyOverWhatIsThere) {
  const auto a = log_.add("T1"), b = log_.add("T1"), c = log_.add("T2");
  {
    auto target = open();
    EXPECT_TRUE(all_delivered(target->deliver(std::vector{a, c}, now)));
  }
  EXPECT_THAT(sql("SELECT * FROM delivery_cursor"), ElementsAre("3|1"));
  auto again = open();
  EXPECT_TRUE(all_delivered(again->deliver(std::vector{b, c}, now)));
  EXPECT_THAT(sql("SELECT * FROM delivery_cursor"), ElementsAre("3|3"));
  EXPECT_THAT(sql("SELECT count(*) FROM fact_ticket_event"), ElementsAre("3"));
}

TEST_F(SqliteTarget, SaysItHasOnlyWhatIsSureWhenThePowerMayHaveTakenTheLastDeliveries) {
  const auto a = log_.add("T1"), b = log_.add("T1"), c = log_.add("T2");
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{a, c}, now)));
  EXPECT_EQ(open()->positions()->front().next_offset.value, 3u) << "killed: everything is there";
  sql("UPDATE last_writer SET boot_id = 'an earlier run of the machine'");
  auto again = open();
  EXPECT_EQ(again->positions()->front().next_offset.value, 1u);
  EXPECT_TRUE(all_delivered(again->deliver(std::vector{b, c}, now)));
  EXPECT_EQ(again->positions()->front().next_offset.value, 3u);
}

TEST_F(SqliteTarget, RefusesOneEventForGoodAndKeepsTheOthersOfTheCall) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1))}, now)));
  const auto before = dump(path_);
  auto taken = log_.add(full_event("T1", 2)); // its sequence is taken by the event before
  taken.sequence = base::ticket_sequence{1};
  auto broken = log_.add("T3");
  broken.event = "\xff";
  auto newcomer = full_event("T4", 1);
  newcomer.set_agent_id("dan"); // known to no dimension yet
  EXPECT_THAT(
      results(target->deliver(std::vector{log_.add("T2"), taken, log_.add("T1"), broken, log_.add(newcomer)}, now)),
      ElementsAre(delivery_result::delivered, delivery_result::permanent, delivery_result::skipped,
                  delivery_result::unfit, delivery_result::delivered));
  EXPECT_THAT(sql("SELECT ticket_id, ticket_sequence FROM v_ticket_history ORDER BY 1, 2"),
              ElementsAre("T1|1", "T2|1", "T4|1"));
  EXPECT_THAT(sql("SELECT agent_id FROM v_ticket_history WHERE ticket_id = 'T4'"), ElementsAre("dan"));
  EXPECT_THAT(sql("SELECT count(*) FROM ticket_current WHERE ticket_id = 'T3'"), ElementsAre("0"));
}

TEST_F(SqliteTarget, RefusesEventsOfAnotherDataDirectory) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T1")}, now)));
  const auto before = dump(path_);
  log_of_events other;
  const auto outcomes = target->deliver(std::vector{other.add("X1")}, now);
  EXPECT_EQ(outcomes[0].result, delivery_result::permanent);
  EXPECT_THAT(outcomes[0].reason, HasSubstr("another data directory"));
  EXPECT_EQ(dump(path_), before);
}

TEST_F(SqliteTarget, IsUnreachableWhileAnotherWriterHoldsTheFileAndGoesOnAfterwards) {
  auto target = open();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector events{log_.add("T1"), log_.add("T2"), log_.add("T1")};
  const auto outcomes = target->deliver(events, now);
  EXPECT_THAT(results(outcomes),
              ElementsAre(delivery_result::unreachable, delivery_result::unreachable, delivery_result::skipped));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("locked"));
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_TRUE(all_delivered(target->deliver(events, now)));
  EXPECT_THAT(sql("SELECT count(*) FROM fact_ticket_event"), ElementsAre("3"));
}

// While one lives, no file of this process can grow beyond `bytes`.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;
  ~file_size_limit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_F(SqliteTarget, IsUnreachableWhenTheFileCannotGrowAndLeavesNothingOfTheCall) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T0")}, now)));
  const auto before = dump(path_);
  std::vector<ports::delivery> events;
  for (std::uint64_t n = 1; n < 2'000; ++n)
    events.push_back(log_.add(full_event("T" + std::to_string(n), 1)));
  {
    const file_size_limit full(std::filesystem::file_size(path_ + "-wal") + 65'536);
    const auto outcomes = target->deliver(events, now);
    EXPECT_EQ(outcomes.front().result, delivery_result::unreachable);
    EXPECT_FALSE(outcomes.front().reason.empty());
    EXPECT_EQ(dump(path_), before);
  }
  EXPECT_TRUE(all_delivered(target->deliver(events, now)));
  EXPECT_THAT(sql("SELECT count(*) FROM fact_ticket_event"), ElementsAre("2000"));
  EXPECT_THAT(sql("PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST_F(SqliteTarget, RefusesAFileOfANewerProgramAndOneThatIsNoWarehouse) {
  open()->close();
  rows(path_, "PRAGMA user_version = 7");
  sqlite_target newer({path_});
  const auto opened = newer.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.err().code, base::error_code::invalid_argument);
  EXPECT_THAT(opened.err().message, HasSubstr("version 7"));

  const auto foreign = directory_ / "other.db";
  {
    database db(foreign);
    db.execute("CREATE TABLE mine (x)");
  }
  sqlite_target stranger({foreign});
  const auto refused = stranger.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.err().code, base::error_code::invalid_argument);
  EXPECT_THAT(rows(foreign, "SELECT name FROM sqlite_schema"), ElementsAre("mine")) << "it is left as it was";
}

TEST_F(SqliteTarget, IsMigratedStepByStepOrNotAtAll) {
  const auto file = directory_ / "m.db";
  const char* const one[] = {"CREATE TABLE a (x)"};
  const char* const two[] = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"};
  const char* const broken[] = {"CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y",
                                "ALTER TABLE a ADD COLUMN z; nonsense"};
  database db(file);
  migrate(db, one);
  db.execute("INSERT INTO a VALUES (1)");
  migrate(db, two);
  migrate(db, two);
  EXPECT_THAT(rows(file, "SELECT x, y FROM a"), ElementsAre("1|"));
  EXPECT_THROW(migrate(db, broken), sqlite_failure);
  EXPECT_THAT(rows(file, "PRAGMA user_version"), ElementsAre("2"));
  EXPECT_THAT(rows(file, "SELECT count(*) FROM pragma_table_info('a')"), ElementsAre("2"));
}

} // namespace
} // namespace cxstream::connectors
