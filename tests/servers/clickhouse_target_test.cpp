// The clickhouse connector at a real server: what it writes, what it refuses, and what kills and freezes come to.
#include "connectors/factory.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/clickhouse_server.hpp"
#include "support/event_maker.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

namespace cxstream::servers {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using clock = std::chrono::steady_clock;

class ClickhouseTarget : public testing::Test {
protected:
  void SetUp() override {
    if (!clickhouse_is_here())
      GTEST_SKIP() << "without ClickHouse";
    server_ = std::make_unique<clickhouse_server>();
    sink_.name = "olap";
    sink_.kind = "clickhouse";
    sink_.settings = {{"url", server_->url()}, {"password", "s3cret"}, {"allow_private", "true"}, {"timeout", "2s"}};
  }
  std::unique_ptr<ports::target> open() const {
    auto made = connectors::make_target(sink_);
    EXPECT_TRUE(made) << (made ? "" : made.err().message);
    const auto opened = (*made)->open();
    EXPECT_TRUE(opened) << (opened ? "" : opened.err().message);
    return std::move(*made);
  }
  std::unique_ptr<clickhouse_server> server_;
  config::sink_config sink_;
  connectors_test::log_of_events log_;
};

TEST_F(ClickhouseTarget, WritesAnEventWithAllItsFieldsAndOnceHoweverOftenItComes) {
  auto e = event_of("T1", 1);
  e.set_account_id("a \"quoted\" \\ \n ünïcode");
  e.set_canonical_tag("vpn");
  e.set_driver("access");
  e.mutable_sentiment()->set_label("negative");
  e.mutable_sentiment()->set_score(-0.5);
  (*e.mutable_custom_metrics())["handle_time_s"] = 12.5;
  e.add_raw_tags("vpn down");
  const std::vector events{log_.add(e), log_.add("T2")};
  EXPECT_TRUE(all_delivered(open()->deliver(events, now)));
  EXPECT_TRUE(all_delivered(open()->deliver(events, now + 1h)));
  EXPECT_THAT(server_->rows("SELECT ticket_id, ticket_sequence, account_id, driver, sentiment, sentiment_score,"
                            " metric_names, metric_values, raw_tags, toString(occurred_at, 'UTC') FROM"
                            " cxstream.v_ticket_history ORDER BY ticket_id"),
              ElementsAre("T1\t1\ta \"quoted\" \\\\ \\n ünïcode\taccess\tnegative\t-0.5\t['handle_time_s']\t[12.5]\t"
                          "['vpn down']\t2026-01-02 03:04:06",
                          "T2\t1\t\t\t\t\\N\t[]\t[]\t[]\t2026-01-02 03:04:06"));
  EXPECT_THAT(server_->rows("SELECT driver, events, tickets, negative_events FROM cxstream.v_driver_daily"),
              ElementsAre("access\t1\t1\t1"));
}

TEST_F(ClickhouseTarget, ShowsTheNewestValueOfEachFieldAndEmptiesWhatWasCleared) {
  auto helpdesk = event_of("T1", 5);
  helpdesk.set_status("closed");
  auto enricher = event_of("T1", 3); // older, and says something the other does not
  enricher.mutable_sentiment()->set_label("negative");
  enricher.set_status("open");
  auto clearing = event_of("T1", 7);
  clearing.mutable_cleared()->add_paths("driver");
  auto before = event_of("T1", 6);
  before.set_driver("access");
  EXPECT_TRUE(all_delivered(
      open()->deliver(std::vector{log_.add(helpdesk), log_.add(enricher), log_.add(clearing), log_.add(before)}, now)));
  EXPECT_THAT(server_->rows("SELECT status, sentiment, driver, last_sequence, events FROM cxstream.v_ticket_current"),
              ElementsAre("closed\tnegative\t\t4\t4"));
}

TEST_F(ClickhouseTarget, AgreesWithSqliteOnEveryTicketWhateverTheOrder) {
  const support::scratch_dir dir;
  config::sink_config embedded;
  embedded.name = "embedded";
  embedded.kind = "sqlite";
  embedded.settings["path"] = dir.path("w.db");
  support::event_maker maker(31, 80);
  std::vector<ports::delivery> events;
  for (int i = 0; i < 3'000; ++i)
    events.push_back(log_.add(maker.next_new()));
  auto sqlite = connectors::make_target(embedded);
  ASSERT_TRUE(sqlite && (*sqlite)->open());
  EXPECT_TRUE(all_delivered((*sqlite)->deliver(events, now)));
  std::mt19937 random(31);
  std::shuffle(events.begin(), events.end(), random);
  EXPECT_TRUE(all_delivered(open()->deliver(events, now)));
  std::vector<std::string> expected;
  for (const auto& row :
       integration::warehouse(dir.path("w.db"))
           .rows("SELECT ticket_id, ticket_sequence, last_occurred_at_us, account_id, status, driver, sentiment"
                 " FROM ticket_current ORDER BY ticket_id")) {
    auto& line = expected.emplace_back();
    for (const auto& column : row)
      line.append(&column == row.data() ? "" : "\t").append(column);
  }
  EXPECT_EQ(server_->rows("SELECT ticket_id, last_sequence, last_occurred_at_us, account_id, status, driver, sentiment"
                          " FROM cxstream.v_ticket_current ORDER BY ticket_id"),
            expected);
}

TEST_F(ClickhouseTarget, IsUnreachableWithoutTheRightPasswordAndPermanentOnlyForTheRowThatIsRefused) {
  auto target = open();
  server_->rows("ALTER TABLE cxstream.fact_ticket_event MODIFY COLUMN agent_id UInt32");
  std::vector<ports::delivery> events;
  for (std::uint64_t n = 0; n < 200; ++n) {
    auto e = event_of("T" + std::to_string(n == 150 ? 77 : n), 1 + n);
    if (n == 77)
      e.set_agent_id("no number");
    events.push_back(log_.add(e));
  }
  const auto outcomes = target->deliver(events, now);
  EXPECT_EQ(outcomes[77].result, delivery_result::permanent) << outcomes[77].reason;
  EXPECT_EQ(outcomes[150].result, delivery_result::skipped);
  EXPECT_EQ(std::count_if(outcomes.begin(), outcomes.end(),
                          [](const auto& o) { return o.result == delivery_result::delivered; }),
            198);
  EXPECT_EQ(server_->value("SELECT count(), uniqExact(ticket_id) FROM cxstream.v_ticket_history"), "198\t198");
  sink_.settings["password"] = "wrong";
  auto made = connectors::make_target(sink_);
  const auto refused = (*made)->deliver(std::vector{log_.add("T9")}, now);
  EXPECT_EQ(refused[0].result, delivery_result::unreachable);
}

} // namespace
} // namespace cxstream::servers
