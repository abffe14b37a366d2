// The census of the warehouses at target level: it finds what somebody changed, mends it, and finds nothing where
// nothing is wrong. The same for SQLite and PostgreSQL.
#include "integration/harness/warehouse.hpp"
#include "ports/census.hpp"
#include "protocols/reconciliation/compare.hpp"
#include "servers/harness/postgres_sink.hpp"
#include "support/event_maker.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>

#include <map>

namespace cxstream::servers {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;
using protocols::difference;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t seed = 4'711;
constexpr std::chrono::seconds width = std::chrono::minutes(10);

class Census : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    if (GetParam() == "postgres") {
      if (!postgres_is_here())
        GTEST_SKIP() << "without PostgreSQL";
      server_.emplace();
      sink_ = postgres_sink(*server_);
    } else {
      sink_.name = "embedded";
      sink_.kind = "sqlite";
      sink_.settings["path"] = dir_.path("w.db");
    }
    fill();
  }
  void fill() {
    support::event_maker maker(seed, 60);
    connectors_test::log_of_events log;
    std::vector<ports::delivery> all;
    for (int i = 0; i < 2'000; ++i) {
      auto e = maker.next_new();
      // Whatever a field can be, all of it travels through the digest.
      e.set_event_id("e" + std::to_string(i));
      e.set_canonical_tag(i % 3 == 0 ? "vpn" : "püre | \x1f");
      (*e.mutable_custom_metrics())["f"] = i % 7 == 0 ? -0.0 : 1.0 / (i + 1);
      (*e.mutable_custom_metrics())["g"] = i % 5 == 0 ? 1e21 : 123'456'789.123;
      e.mutable_effort()->set_confidence(i / 2'000.0);
      e.mutable_pipeline()->set_late(i % 11 == 0);
      auto d = log.add(e, static_cast<std::uint16_t>(std::hash<std::string>{}(e.ticket_id()) % 4));
      events_[d.ticket_id].push_back(d);
      all.push_back(std::move(d));
    }
    target_ = open(sink_);
    ASSERT_TRUE(all_delivered(target_->deliver(all, now)));
  }
  void sql(const std::string& statement) {
    if (server_)
      server_->rows("SET search_path TO cxstream; " + statement);
    else
      integration::warehouse(dir_.path("w.db")).rows(statement);
  }
  ports::census& census() {
    return *target_->census_taker();
  }
  std::vector<ports::census_row> expected() {
    std::vector<ports::census_row> out;
    for (const auto& [ticket, events] : events_) {
      const auto held = census().expect();
      for (const auto& e : events)
        held->add(e);
      out.push_back(held->row());
    }
    return out;
  }
  std::vector<ports::census_row> found() {
    auto rows = census().rows_between(base::from_us(0), now + std::chrono::hours(24 * 365));
    EXPECT_TRUE(rows) << (rows ? "" : rows.err().message);
    return rows ? *rows : std::vector<ports::census_row>{};
  }
  std::vector<std::string> differences() {
    std::vector<std::string> out;
    for (const auto& f : protocols::compare(expected(), found()))
      out.push_back(f.ticket_id + " " + std::string(protocols::name_of(f.kind)));
    return out;
  }
  std::vector<std::int64_t> unlike_buckets() {
    protocols::bucket_book book(width);
    for (const auto& row : expected())
      book.add(row);
    const auto held = census().summarise(width);
    EXPECT_TRUE(held) << (held ? "" : held.err().message);
    return book.unlike(*held);
  }
  void mend(const std::string& ticket, std::uint64_t seen = 0) {
    const auto mended = census().repair(events_.at(ticket), base::ticket_sequence{seen}, now);
    ASSERT_TRUE(mended) << mended.err().message;
    EXPECT_EQ(*mended, ports::mended::done);
  }

  const support::scratch_dir dir_;
  std::optional<postgres_server> server_;
  config::sink_config sink_;
  std::unique_ptr<ports::target> target_;
  std::map<std::string, std::vector<ports::delivery>> events_;
};

TEST_P(Census, FindsNothingWhereNothingIsWrong) {
  EXPECT_THAT(unlike_buckets(), IsEmpty()) << "seed " << seed;
  EXPECT_THAT(differences(), IsEmpty());
  EXPECT_EQ(found().size(), events_.size());
  const std::vector<std::string> some{"ticket 1", "no such ticket", "ticket 2"};
  const auto rows = census().rows(some);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2U);
}

TEST_P(Census, FindsAndMendsWhateverSomebodyChanged) {
  const std::string of = " WHERE ticket_key = (SELECT ticket_key FROM ticket_current WHERE ticket_id = 'ticket ";
  const std::map<std::string, std::string> planted{
      {"11 altered", "UPDATE ticket_current SET driver = 'mine' WHERE ticket_id = 'ticket 11'"},
      {"12 altered", "UPDATE fact_ticket_event SET status = 'mine'" + of + "12')"},
      {"13 altered", "DELETE FROM fact_ticket_event" + of + "13') AND ticket_sequence = 2"},
      {"14 missing", "DELETE FROM fact_ticket_event" + of +
                         "14'); DELETE FROM ticket_current WHERE ticket_id ="
                         " 'ticket 14'"},
      {"15 altered", "UPDATE fact_ticket_event SET effort_confidence = effort_confidence + 0.000000001" + of + "15')"},
      {"16 altered", "UPDATE ticket_current SET custom_metrics = NULL WHERE ticket_id = 'ticket 16'"},
      {"17 stale", "DELETE FROM fact_ticket_event" + of +
                       "17') AND ticket_sequence > 3; UPDATE ticket_current SET"
                       " ticket_sequence = 3 WHERE ticket_id = 'ticket 17'"},
      {"18 altered", "UPDATE ticket_current SET ticket_sequence = 999 WHERE ticket_id = 'ticket 18'"},
  };
  std::vector<std::string> names;
  for (const auto& [name, statement] : planted) {
    names.push_back("ticket " + name);
    std::size_t at = 0;
    for (std::size_t end = 0; end != std::string::npos; at = end + 2) {
      end = statement.find("; ", at);
      sql(statement.substr(at, end == std::string::npos ? end : end - at));
    }
  }
  EXPECT_EQ(differences(), names);
  EXPECT_FALSE(unlike_buckets().empty());
  for (const auto& name : names)
    mend(name.substr(0, name.find(' ', 8)), name.find("ticket 18") == 0 ? 999 : 0);
  EXPECT_THAT(differences(), IsEmpty());
  EXPECT_THAT(unlike_buckets(), IsEmpty());
}

TEST_P(Census, TakesAwayWhatIsExtraAndLeavesTheRest) {
  auto extra = events_.extract("ticket 20");
  EXPECT_THAT(differences(), ElementsAre("ticket 20 extra"));
  EXPECT_TRUE(census().remove("ticket 20"));
  EXPECT_THAT(differences(), IsEmpty());
  events_.insert(std::move(extra));
  EXPECT_THAT(differences(), ElementsAre("ticket 20 missing"));
  sql("DELETE FROM ticket_current WHERE ticket_id = 'ticket 21'");
  const auto strays = differences(); // its facts have lost their ticket, each is told
  EXPECT_EQ(strays.size(), 2 + events_.at("ticket 21").size());
  mend("ticket 20");
  mend("ticket 21");
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_P(Census, DoesNotMendWhatHasMovedOn) {
  auto events = events_.at("ticket 30");
  const auto newest = events.back();
  events.pop_back();
  const auto refused = census().repair(events, base::ticket_sequence{0}, now);
  ASSERT_TRUE(refused);
  EXPECT_EQ(*refused, ports::mended::moved_on);
  EXPECT_THAT(differences(), IsEmpty());
  // What was mended goes on being folded into.
  mend("ticket 30");
  EXPECT_TRUE(all_delivered(target_->deliver(std::vector{newest}, now)));
  EXPECT_THAT(differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Warehouses, Census, testing::Values("sqlite", "postgres"));

} // namespace
} // namespace cxstream::servers
