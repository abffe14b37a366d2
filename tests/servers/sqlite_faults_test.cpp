// The sqlite connector while it is killed and while its disk fills up: what was acknowledged is there once, and nothing
// else is.
#include "connectors/factory.hpp"
#include "integration/harness/warehouse.hpp"
#include "servers/harness/killed_load.hpp"
#include "servers/harness/small_disk.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::servers {
namespace {

using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::log_of_events;
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
    std::vector<ports::delivery> out;
    for (std::size_t i = 0; i < count; ++i) {
      const auto ticket = "T" + std::to_string(made_ % 97);
      auto e = event_of(ticket, ++made_);
      e.set_status("s" + std::to_string(made_ % 5));
      e.set_account_id("a" + std::to_string(made_ % 11));
      out.push_back(log_.add(e, static_cast<std::uint16_t>(made_ % 97 % 5)));
    }
    return out;
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
  log_of_events log_;
  std::size_t made_ = 0;
};

TEST_F(SqliteFaults, KeepsEveryEventOnceWhileTheNodeIsKilledAgainAndAgain) {
  const auto path = dir_.path("w.db");
  const auto all = events(20'000);
  const auto kills = deliver_with_kills([&] { return make(path); }, all, {50, 12, 7});
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
  std::vector<ports::delivery> refused;
  for (int i = 0; i < 500 && refused.empty(); ++i) {
    auto batch = events(200);
    const auto outcomes = target->deliver(batch, now);
    if (all_delivered(outcomes))
      continue;
    EXPECT_THAT(results(outcomes), Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)))
        << outcomes[0].reason;
    EXPECT_THAT(outcomes[0].reason, testing::HasSubstr("full"));
    refused = std::move(batch);
  }
  ASSERT_FALSE(refused.empty()) << "the disk never filled up";
  EXPECT_FALSE(all_delivered(target->deliver(refused, now)));
  ASSERT_TRUE(disk.grow("256m"));
  EXPECT_TRUE(deliver_until_taken(*target, refused));
  EXPECT_TRUE(deliver_until_taken(*target, events(200)));
  expect_exactly(path, made_);
  target->close(); // before its disk goes
}

} // namespace
} // namespace cxstream::servers
