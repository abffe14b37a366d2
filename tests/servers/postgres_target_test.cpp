// The postgres connector at a real server: what it writes, what it refuses, and what it makes of what comes again.
#include "servers/harness/postgres_sink.hpp"
#include "support/event_maker.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>

namespace cxstream::servers {
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
using testing::IsEmpty;

class PostgresTarget : public testing::Test {
protected:
  void SetUp() override {
    if (!postgres_is_here())
      GTEST_SKIP() << "without PostgreSQL";
    server_.emplace();
  }
  std::unique_ptr<ports::target> open() const {
    return servers::open(postgres_sink(*server_));
  }
  std::vector<std::string> sql(const std::string& query) const {
    return server_->rows("SET search_path TO cxstream; " + query);
  }

  std::optional<postgres_server> server_;
  log_of_events log_;
};

TEST_F(PostgresTarget, FillsTheStarSchemaFromAnEvent) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1))}, now)));
  EXPECT_THAT(
      sql("SELECT ticket_id, ticket_sequence, occurred_at, event_type, source_system, account_id, agent_id,"
          " customer_id, canonical_tag, driver, sentiment, sentiment_score, churn_risk, custom_metrics, raw_tags,"
          " idempotency_key, received_at, delivered_at, late FROM v_ticket_history"),
      ElementsAre(
          R"(T1|1|2026-01-02 03:04:06+00|ticket.updated|servicenow|acme|ann|carl|vpn|access|negative|-0.5|high|)"
          R"({"handle_time_s": 12.5}|["vpn \"down\"\\", "vpn \"down\"\\", "urgent"]|T1/1|)"
          R"(2026-01-02 03:04:05.000001+00|2026-01-03 03:04:05+00|f)"));
  EXPECT_THAT(sql("SELECT * FROM dim_date"), ElementsAre("20260102|2026-01-02|2026|1|1|2|5"));
  EXPECT_THAT(sql("SELECT raw_tag FROM bridge_event_raw_tag JOIN dim_raw_tag USING (raw_tag_key) ORDER BY 1"),
              ElementsAre("urgent", "vpn \"down\"\\"));
  EXPECT_THAT(sql("SELECT date, driver, events, tickets, negative_events, churn_risk_events FROM v_driver_daily"),
              ElementsAre("2026-01-02|access|1|1|1|1"));
  EXPECT_THAT(sql("SELECT ticket_id, events, status, effort_confidence, custom_metrics FROM v_ticket_current"),
              ElementsAre(R"(T1|1|open|0.5|{"handle_time_s": 12.5})"));
  EXPECT_THAT(sql("SELECT partition, next_offset FROM delivery_cursor"), ElementsAre("3|1"));
  EXPECT_THAT(sql("SELECT events, inserted, known, late, tickets, discarded FROM load_audit"),
              ElementsAre("1|1|0|0|1|0"));
  EXPECT_THROW(sql("UPDATE v_ticket_current SET status = 'x'"), std::runtime_error) << "views are for reading";
}

TEST_F(PostgresTarget, ChangesNoRowWhenABatchComesAgain) {
  std::vector<ports::delivery> events;
  for (std::uint64_t n = 1; n <= 200; ++n)
    events.push_back(log_.add(full_event("T" + std::to_string(n % 7), n), static_cast<std::uint16_t>(n % 7)));
  {
    auto target = open();
    EXPECT_TRUE(all_delivered(target->deliver(events, now)));
    const auto before = dump(*server_);
    EXPECT_GT(before.size(), 600U);
    EXPECT_TRUE(all_delivered(target->deliver(events, now + std::chrono::hours(1))));
    EXPECT_EQ(dump(*server_), before);
  }
  const auto before = dump(*server_);
  auto again = open(); // after a kill: nothing in memory
  EXPECT_TRUE(all_delivered(again->deliver(events, now + std::chrono::hours(2))));
  EXPECT_EQ(dump(*server_), before);
  EXPECT_THAT(sql("SELECT events, inserted, known FROM load_audit ORDER BY load_id"),
              ElementsAre("200|200|0", "200|0|200", "200|0|200"));
}

TEST_F(PostgresTarget, KeepsTheNewestValueOfEachFieldWhateverTheOrderOfArrival) {
  auto helpdesk = event_of("T1", 5);
  helpdesk.set_status("closed");
  auto enricher = event_of("T1", 3); // older, and says something the other does not
  enricher.mutable_sentiment()->set_label("negative");
  enricher.set_status("open");
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{log_.add(helpdesk)}, now)));
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{log_.add(enricher)}, now))); // by what the row kept
  EXPECT_THAT(sql("SELECT status, sentiment, ticket_sequence, events, first_occurred_at, last_occurred_at"
                  " FROM ticket_current"),
              ElementsAre("closed|negative|2|2|2026-01-02 03:04:08+00|2026-01-02 03:04:10+00"));
}

TEST_F(PostgresTarget, LeavesAFieldThatIsAbsentAndEmptiesOneThatIsCleared) {
  auto second = event_of("T1", 2);
  for (const auto* path : {"driver", "custom_metrics.handle_time_s", "raw_tags", "sentiment"})
    second.mutable_cleared()->add_paths(path);
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1)), log_.add(second)}, now)));
  EXPECT_THAT(sql("SELECT status, driver, custom_metrics, raw_tags, sentiment, churn_risk FROM ticket_current"),
              ElementsAre("open|||||high"));
  EXPECT_THAT(sql("SELECT cleared FROM fact_ticket_event WHERE ticket_sequence = 2"),
              ElementsAre(R"(["driver", "custom_metrics.handle_time_s", "raw_tags", "sentiment"])"));
}

TEST_F(PostgresTarget, KeepsEachMonthInAPartitionOfItsOwnThatIsMadeWhenItComes) {
  auto target = open();
  const auto at = [this](std::int64_t seconds) {
    auto e = event_of("T1", 1);
    e.mutable_occurred_at()->set_seconds(seconds);
    e.set_idempotency_key(std::to_string(seconds));
    return log_.add(e);
  };
  constexpr std::int64_t end_of_2019 = 1'577'836'799;
  EXPECT_TRUE(all_delivered(target->deliver(
      std::vector{at(end_of_2019), at(end_of_2019 + 1), at(-3'000'000'000), at(253'402'300'799)}, now)));
  EXPECT_THAT(sql("SELECT tableoid::regclass, occurred_at FROM fact_ticket_event ORDER BY 2"),
              ElementsAre("fact_ticket_event_before|1874-12-07 18:40:00+00",
                          "fact_ticket_event_2019_12|2019-12-31 23:59:59+00",
                          "fact_ticket_event_2020_01|2020-01-01 00:00:00+00",
                          "fact_ticket_event_after|9999-12-31 23:59:59+00"));
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{at(end_of_2019 - 1)}, now))) << "the month is there already";
  EXPECT_THAT(sql("SELECT count(*) FROM fact_ticket_event_2019_12"), ElementsAre("2"));
}

TEST_F(PostgresTarget, NotesAValueThatDoesNotFitAndWritesTheRowWithoutIt) {
  auto e = full_event("T1", 1);
  e.set_status(std::string("op\0en", 5));
  e.set_account_id(std::string(5'000, 'x'));
  e.set_version(~std::uint64_t{0});
  (*e.mutable_custom_metrics())["ratio"] = std::numeric_limits<double>::infinity();
  auto unfit = event_of(std::string("T\0", 2), 1);
  auto target = open();
  const auto outcomes = target->deliver(std::vector{log_.add(e), log_.add(unfit), log_.add("T2")}, now);
  EXPECT_THAT(results(outcomes),
              ElementsAre(delivery_result::delivered, delivery_result::unfit, delivery_result::delivered));
  EXPECT_THAT(outcomes[1].reason, HasSubstr("ticket_id has a NUL"));
  EXPECT_THAT(sql("SELECT ticket_id, status, account_id, version, priority, custom_metrics FROM v_ticket_history"
                  " ORDER BY 1"),
              ElementsAre(R"(T1||||high|{"handle_time_s": 12.5})", "T2|||1||"));
  EXPECT_THAT(sql("SELECT column_name, left(value, 20), length(value), ticket_id FROM discards ORDER BY 1"),
              ElementsAre("account_id|xxxxxxxxxxxxxxxxxxxx|1000|T1", "custom_metrics|ratio|5|T1",
                          "status|op\xef\xbf\xbd"
                          "en|5|T1",
                          "version|18446744073709551615|20|T1"));
  EXPECT_THAT(sql("SELECT inserted, discarded FROM load_audit"), ElementsAre("2|4"));
}

TEST_F(PostgresTarget, DeliversAllButOneOfTwoHundredWhenTheServerRefusesOne) {
  auto target = open();
  sql("ALTER TABLE fact_ticket_event ADD CHECK (status <> 'poison')");
  std::vector<ports::delivery> events;
  for (std::uint64_t n = 0; n < 200; ++n) {
    auto e = full_event("T" + std::to_string(n == 150 ? 77 : n), 1 + n);
    if (n == 77)
      e.set_status("poison");
    events.push_back(log_.add(e));
  }
  const auto outcomes = target->deliver(events, now);
  std::size_t delivered = 0;
  for (const auto& o : outcomes)
    delivered += o.result == delivery_result::delivered ? 1 : 0;
  EXPECT_EQ(delivered, 198U);
  EXPECT_EQ(outcomes[77].result, delivery_result::permanent);
  EXPECT_THAT(outcomes[77].reason, HasSubstr("check constraint"));
  EXPECT_EQ(outcomes[150].result, delivery_result::skipped) << "it is of the refused event's ticket";
  EXPECT_THAT(sql("SELECT count(*), count(DISTINCT ticket_id) FROM v_ticket_history"), ElementsAre("198|198"));
  EXPECT_THAT(sql("SELECT count(*) FROM ticket_current WHERE ticket_id = 'T77'"), ElementsAre("0"));
  EXPECT_THAT(sql("SELECT column_name, ticket_id FROM discards"), ElementsAre("*|T77"));
  // The refused event became a dead letter; what is skipped comes again.
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{events[150]}, now)));
  EXPECT_THAT(sql("SELECT ticket_sequence FROM v_ticket_history WHERE ticket_id = 'T77'"), ElementsAre("2"));
}

TEST_F(PostgresTarget, RefusesEventsOfAnotherDataDirectory) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T1"), log_.add("T1")}, now)));
  const auto before = dump(*server_);
  log_of_events other;
  const auto same_time = other.add("X1");
  auto e = event_of("X2", 1);
  e.mutable_occurred_at()->set_seconds(1'600'000'000);
  const auto another_time = other.add(e);
  const auto outcomes = target->deliver(std::vector{same_time, another_time}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivery_result::permanent, delivery_result::permanent));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("another data directory"));
  const auto after = dump(*server_);
  EXPECT_EQ(after, before);
}

TEST_F(PostgresTarget, FoldsWhatTwoWritersOfOneTicketBring) {
  auto one = open();
  auto two = open();
  for (std::uint64_t n = 1; n <= 10; ++n) {
    auto e = event_of("T1", n);
    e.set_status("s" + std::to_string(n));
    (*e.mutable_custom_metrics())["m" + std::to_string(n)] = 1;
    EXPECT_TRUE(all_delivered((n % 2 == 0 ? one : two)->deliver(std::vector{log_.add(e)}, now)));
  }
  EXPECT_THAT(sql("SELECT status, events, ticket_sequence, (SELECT count(*) FROM jsonb_object_keys(custom_metrics))"
                  " FROM ticket_current"),
              ElementsAre("s10|10|10|10"));
}

TEST_F(PostgresTarget, TellsWhereItIsAndStepsBackWhenTheServerMayHaveLostSomething) {
  const auto a = log_.add("T1"), b = log_.add("T1"), c = log_.add("T2");
  EXPECT_TRUE(all_delivered(open()->deliver(std::vector{a, c}, now)));
  EXPECT_EQ(open()->positions()->front().next_offset.value, 3U) << "the same server: everything is there";
  sql("UPDATE last_writer SET server = 'before the restore'");
  auto again = open();
  EXPECT_EQ(again->positions()->front().next_offset.value, 1U);
  EXPECT_TRUE(all_delivered(again->deliver(std::vector{b, c}, now)));
  EXPECT_EQ(open()->positions()->front().next_offset.value, 3U);
  EXPECT_THAT(sql("SELECT count(*) FROM fact_ticket_event"), ElementsAre("3"));
}

TEST_F(PostgresTarget, RefusesASchemaOfANewerProgramAndOneOfSomethingElse) {
  open()->close();
  sql("INSERT INTO schema_version VALUES (7)");
  const auto newer = make(postgres_sink(*server_))->open();
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.err().code, base::error_code::invalid_argument);
  EXPECT_THAT(newer.err().message, HasSubstr("version 7"));

  server_->rows("CREATE SCHEMA theirs; CREATE TABLE theirs.mine (x int)");
  auto sink = postgres_sink(*server_);
  sink.settings["schema"] = "theirs";
  const auto foreign = make(sink)->open();
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.err().code, base::error_code::invalid_argument);
  EXPECT_THAT(server_->rows("SELECT relname FROM pg_class WHERE relnamespace = 'theirs'::regnamespace"),
              ElementsAre("mine"))
      << "it is left as it was";
}

TEST_F(PostgresTarget, LetsAReaderReadTheViewsAndNothingElse) {
  server_->rows("CREATE ROLE analyst LOGIN");
  auto sink = postgres_sink(*server_);
  sink.settings["reader"] = "analyst";
  EXPECT_TRUE(all_delivered(servers::open(sink)->deliver(std::vector{log_.add(full_event("T1", 1))}, now)));
  EXPECT_THAT(server_->rows("SET ROLE analyst; SELECT count(*) FROM cxstream.v_ticket_history"), ElementsAre("1"));
  EXPECT_THROW(server_->rows("SET ROLE analyst; SELECT count(*) FROM cxstream.fact_ticket_event"), std::runtime_error);
}

TEST_F(PostgresTarget, NeedsNoMoreThanItsOwnSchemaInADatabaseOfOthers) {
  server_->rows("CREATE ROLE loader LOGIN; CREATE SCHEMA cxstream AUTHORIZATION loader");
  auto sink = postgres_sink(*server_);
  sink.settings["user"] = "loader";
  auto target = servers::open(sink);
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add(full_event("T1", 1))}, now)));
  EXPECT_EQ(servers::open(sink)->positions()->size(), 1U);
}

} // namespace
} // namespace cxstream::servers
