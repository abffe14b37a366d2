// The sqlite connector while it is killed and while its disk fills up: what was acknowledged is there once, and nothing
// else is.
#include "connectors/factory.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/event_load.hpp"
#include "servers/harness/killed_delivery.hpp"
#include "servers/harness/small_disk.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::servers {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using testing::Each;
using testing::IsEmpty;

class SqliteFaults : public testing::Test {
protected:
  std::unique_ptr<ports::target> make(const std::string& path) const {
    config::sink_config sink;
    sink.name = "embedded";
    sink.kind = "sqlite";
    sink.settings["path"] = path;
    return *connectors::make_target(sink);
  }
  std::vector<ports::delivery> events(std::size_t count) {
    return load_.next(count);
  }
  // Every event once; every ticket with the last of its events.
  void expect_exactly(const std::string& path, std::size_t count) const {
    const integration::warehouse held(path);
    const auto all = std::to_string(count);
    EXPECT_EQ(held.value("SELECT count(*) FROM fact_ticket_event"), all);
    EXPECT_EQ(held.value("SELECT count(DISTINCT idempotency_key) FROM fact_ticket_event"), all);
    EXPECT_THAT(held.rows("SELECT ticket_id, t.ticket_sequence, f.n FROM ticket_current t JOIN (SELECT ticket_key,"
                          " count(*) AS n FROM fact_ticket_event GROUP BY 1) f USING (ticket_key)"
                          " WHERE t.ticket_sequence <> f.n"),
                IsEmpty());
  }

  const support::scratch_dir dir_;
  event_load load_;
};

TEST_F(SqliteFaults, KeepsEveryEventOnceWhileTheNodeIsKilledAgainAndAgain) {
  const auto path = dir_.path("w.db");
  const auto all = events(20'000);
  const auto kills = deliver_with_kills(
      [&] { return make(path); }, all, {},
      [&](std::size_t acknowledged) {
        const integration::warehouse held(path);
        EXPECT_EQ(held.value("PRAGMA integrity_check"), "ok");
        const auto there = held.value("SELECT count(*) FROM fact_ticket_event");
        EXPECT_EQ(held.value("SELECT count(DISTINCT idempotency_key) FROM fact_ticket_event"), there);
        EXPECT_GE(std::stoull(there), acknowledged);
      });
  EXPECT_GE(kills, 3);
  const auto target = make(path);
  ASSERT_TRUE(deliver_until_taken(*target, all));
  expect_exactly(path, all.size());
}

TEST_F(SqliteFaults, IsUnreachableWhenTheDiskIsFullAndLosesAndDoublesNothingWhenThereIsRoom) {
  const small_disk disk(dir_.path("disk"), "4m");
  if (!disk.is_mounted())
    GTEST_SKIP() << "without the right to mount a small disk";
  const auto path = disk.path() + "/w.db";
  const auto target = make(path);
  ASSERT_TRUE(target->open());
  const auto [refused, outcomes] = deliver_until_refused(*target, load_, 200, 500);
  ASSERT_FALSE(refused.empty()) << "the disk never filled up";
  EXPECT_THAT(results(outcomes), Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)))
      << outcomes[0].reason;
  EXPECT_THAT(outcomes[0].reason, testing::HasSubstr("full"));
  EXPECT_FALSE(all_delivered(target->deliver(refused, now)));
  ASSERT_TRUE(disk.grow("256m"));
  EXPECT_TRUE(deliver_until_taken(*target, refused));
  EXPECT_TRUE(deliver_until_taken(*target, events(200)));
  expect_exactly(path, load_.made());
  target->close(); // before its disk goes
}

} // namespace
} // namespace cxstream::servers
