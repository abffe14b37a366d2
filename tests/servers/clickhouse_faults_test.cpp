// The clickhouse connector while its server is killed, frozen and filled up under load, and while it is killed itself:
// what was acknowledged is there once as the views show it, and nothing else is.
#include "connectors/factory.hpp"
#include "servers/harness/clickhouse_server.hpp"
#include "servers/harness/event_load.hpp"
#include "servers/harness/killed_delivery.hpp"
#include "servers/harness/small_disk.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace cxstream::servers {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using testing::Each;
using testing::IsEmpty;
using clock = std::chrono::steady_clock;

class ClickhouseFaults : public testing::Test {
protected:
  void SetUp() override {
    if (!clickhouse_is_here())
      GTEST_SKIP() << "without ClickHouse";
    server_.emplace();
    sink_.name = "olap";
    sink_.kind = "clickhouse";
    sink_.settings = {{"url", server_->url()},
                      {"password", "s3cret"},
                      {"allow_private", "true"},
                      {"connect_timeout", "1s"},
                      {"timeout", "2s"}};
  }
  std::unique_ptr<ports::target> open() const {
    auto target = *connectors::make_target(sink_);
    EXPECT_TRUE(target->open());
    return target;
  }
  std::vector<ports::delivery> events(std::size_t count) {
    return load_.next(count);
  }
  // Every event once; every ticket with all its events and the status of the newest.
  void expect_exactly(std::size_t count) const {
    const auto all = std::to_string(count);
    EXPECT_EQ(server_->value("SELECT count(), uniqExact(idempotency_key) FROM cxstream.v_ticket_history"),
              all + "\t" + all);
    EXPECT_THAT(
        server_->rows("SELECT ticket_id, events, last_sequence, n, status, newest FROM cxstream.v_ticket_current"
                      " ANY LEFT JOIN (SELECT ticket_id, uniqExact(ticket_sequence) AS n,"
                      " argMax(status, occurred_at_us) AS newest FROM cxstream.fact_ticket_event GROUP BY"
                      " ticket_id) USING ticket_id WHERE events != n OR last_sequence != n OR status != newest"),
        IsEmpty());
  }

  std::optional<clickhouse_server> server_;
  config::sink_config sink_;
  event_load load_;
};

TEST_F(ClickhouseFaults, KeepsEveryEventOnceWhileTheServerIsKilledAndFrozenUnderLoad) {
  const auto target = open();
  std::size_t delivered = 0;
  std::jthread load([&](const std::stop_token& over) {
    while (!over.stop_requested()) {
      const auto batch = events(200);
      if (!deliver_until_taken(*target, batch))
        return;
      delivered += batch.size();
    }
  });
  std::mt19937 random(11);
  const auto a_while = [&] { std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 600)); };
  constexpr int rounds = 3;
  for (int i = 0; i < rounds; ++i) {
    a_while();
    server_->kill9();
    server_->start();
    a_while();
    server_->freeze();
    std::this_thread::sleep_for(2500ms); // longer than a call may take
    server_->thaw();
  }
  load.request_stop();
  load.join();
  EXPECT_GT(delivered, 1'000U);
  EXPECT_EQ(delivered, load_.made());
  expect_exactly(load_.made());
}

TEST_F(ClickhouseFaults, KeepsEveryEventOnceWhileTheNodeIsKilledAgainAndAgain) {
  sink_.settings["timeout"] = "10s";
  const auto all = events(4'000);
  open()->close(); // the schema is there
  const auto kills = deliver_with_kills([this] { return *connectors::make_target(sink_); }, all, {});
  EXPECT_GE(kills, 3);
  ASSERT_TRUE(deliver_until_taken(*open(), all));
  expect_exactly(all.size());
}

TEST_F(ClickhouseFaults, IsUnreachableWhenTheDiskIsFullAndLosesAndDoublesNothingWhenThereIsRoom) {
  const support::scratch_dir folder;
  const small_disk disk(folder.path("disk"), "4m");
  if (!disk.is_mounted())
    GTEST_SKIP() << "without the right to mount a small disk";
  server_.emplace(disk.path());
  sink_.settings["url"] = server_->url();
  const auto target = open();
  const auto [refused, outcomes] = deliver_until_refused(*target, load_, 500, 2'000);
  ASSERT_FALSE(refused.empty()) << "the disk never filled up";
  EXPECT_THAT(results(outcomes), Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)))
      << outcomes[0].reason;
  EXPECT_FALSE(all_delivered(target->deliver(refused, now)));
  ASSERT_TRUE(disk.grow("256m"));
  EXPECT_TRUE(deliver_until_taken(*target, refused));
  EXPECT_TRUE(deliver_until_taken(*target, events(200)));
  expect_exactly(load_.made());
  server_.reset(); // before its disk
}

TEST_F(ClickhouseFaults, EndsItsCallInTimeWhenTheServerIsFrozen) {
  const auto target = open();
  ASSERT_TRUE(all_delivered(target->deliver(events(100), now)));
  const auto waiting = events(100);
  server_->freeze();
  const auto began = clock::now();
  EXPECT_THAT(results(target->deliver(waiting, now)),
              Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)));
  EXPECT_LT(clock::now() - began, 8s);
  server_->thaw();
  EXPECT_TRUE(deliver_until_taken(*target, waiting));
  expect_exactly(200);
}

} // namespace
} // namespace cxstream::servers
