// The postgres connector while its server is killed, frozen, locked, filled up and restored, and while it is killed
// itself: what was acknowledged is there once, and nothing else is.
#include "servers/harness/event_load.hpp"
#include "servers/harness/killed_delivery.hpp"
#include "servers/harness/postgres_sink.hpp"
#include "servers/harness/small_disk.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <random>
#include <set>
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

class PostgresFaults : public testing::Test {
protected:
  void SetUp() override {
    if (!postgres_is_here())
      GTEST_SKIP() << "without PostgreSQL";
    server_.emplace();
    sink_ = postgres_sink(*server_);
    sink_.settings["connect_timeout"] = "1s";
    sink_.settings["statement_timeout"] = "1s";
  }
  std::vector<std::string> sql(const std::string& query) const {
    return server_->rows("SET search_path TO cxstream; " + query);
  }
  std::vector<ports::delivery> events(std::size_t count) {
    return load_.next(count);
  }
  // Every event once, every ticket folded from each of its events once.
  void expect_exactly(std::size_t count) const {
    EXPECT_THAT(
        sql("SELECT count(*), count(DISTINCT idempotency_key), count(DISTINCT event_key) FROM"
            " fact_ticket_event"),
        ElementsAre(testing::StrEq(std::to_string(count) + "|" + std::to_string(count) + "|" + std::to_string(count))));
    EXPECT_THAT(sql("SELECT ticket_id, t.events, t.ticket_sequence, f.n, f.status FROM ticket_current t JOIN (SELECT"
                    " ticket_key, count(*) AS n, (array_agg(status ORDER BY occurred_at DESC))[1] AS status FROM"
                    " fact_ticket_event GROUP BY 1) f USING (ticket_key)"
                    " WHERE t.events <> f.n OR t.ticket_sequence <> f.n OR t.status <> f.status"),
                testing::IsEmpty());
    EXPECT_THAT(sql("SELECT sum(inserted) FROM load_audit"), ElementsAre(std::to_string(count)));
    EXPECT_THAT(sql("SELECT count(*) FROM bridge_event_raw_tag"), ElementsAre(std::to_string(count)));
  }

  std::optional<postgres_server> server_;
  config::sink_config sink_;
  event_load load_;
};

TEST_F(PostgresFaults, IsUnreachableWhileTheServerIsDownAndGoesOnByItself) {
  const auto target = open(sink_);
  ASSERT_TRUE(all_delivered(target->deliver(events(10), now)));
  server_->stop();
  const auto waiting = events(10);
  EXPECT_THAT(results(target->deliver(waiting, now)), Each(delivery_result::unreachable));
  EXPECT_THAT(results(target->deliver(waiting, now)), Each(delivery_result::unreachable));
  server_->start();
  EXPECT_TRUE(deliver_until_taken(*target, waiting));
  expect_exactly(20);
}

TEST_F(PostgresFaults, KeepsEveryEventOnceWhileTheServerIsKilledAgainAndAgain) {
  const auto target = open(sink_);
  std::atomic<bool> done = false;
  std::size_t delivered = 0;
  std::thread load([&] {
    while (!done) {
      const auto batch = events(200);
      if (!deliver_until_taken(*target, batch))
        return;
      delivered += batch.size();
    }
  });
  std::mt19937 random(11);
  constexpr int kills = 6;
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 600));
    server_->kill9();
    server_->start();
  }
  done = true;
  load.join();
  EXPECT_GT(delivered, 1'000U);
  EXPECT_EQ(delivered, load_.made());
  expect_exactly(load_.made());
}

TEST_F(PostgresFaults, KeepsEveryEventOnceWhileTheNodeIsKilledAgainAndAgain) {
  sink_.settings["statement_timeout"] = "10s";
  const auto all = events(20'000);
  const auto kills = deliver_with_kills([this] { return make(sink_); }, all, {});
  EXPECT_GE(kills, 3);
  ASSERT_TRUE(deliver_until_taken(*open(sink_), all));
  expect_exactly(all.size());
}

TEST_F(PostgresFaults, EndsItsCallInTimeWhenTheServerIsFrozenAndDoublesNothingWhenItThaws) {
  const auto target = open(sink_);
  ASSERT_TRUE(all_delivered(target->deliver(events(100), now)));
  const auto waiting = events(100);
  std::thread freezer([&] { server_->freeze(); });
  freezer.join();
  const auto began = clock::now();
  EXPECT_THAT(results(target->deliver(waiting, now)),
              Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)));
  EXPECT_THAT(results(target->deliver(waiting, now)),
              Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)));
  EXPECT_LT(clock::now() - began, 8s);
  server_->thaw();
  EXPECT_TRUE(deliver_until_taken(*target, waiting));
  expect_exactly(200);
}

TEST_F(PostgresFaults, IsUnreachableWhileSomebodyHoldsTheTableAndGoesOnAfterwards) {
  const auto target = open(sink_);
  ASSERT_TRUE(all_delivered(target->deliver(events(10), now)));
  std::atomic<bool> locked = false;
  std::thread holder([&] {
    locked = true;
    sql("BEGIN; LOCK TABLE ticket_current IN EXCLUSIVE MODE; SELECT pg_sleep(2.5); COMMIT");
  });
  std::this_thread::sleep_for(500ms);
  const auto waiting = events(1);
  const auto outcomes = target->deliver(waiting, now);
  EXPECT_EQ(outcomes[0].result, delivery_result::unreachable);
  EXPECT_THAT(outcomes[0].reason, HasSubstr("timeout"));
  holder.join();
  EXPECT_TRUE(all_delivered(target->deliver(waiting, now))) << "over the same connection";
  expect_exactly(11);
}

TEST_F(PostgresFaults, IsUnreachableWhenThereIsNoRightAndNoTableAndSaysSo) {
  const auto target = open(sink_);
  ASSERT_TRUE(all_delivered(target->deliver(events(10), now)));
  sql("ALTER TABLE dim_account RENAME TO somewhere_else");
  auto more = events(1);
  auto e = event_of("T1", 1'000);
  e.set_account_id("one that is not known yet");
  more.push_back(load_.add(e));
  const auto outcomes = target->deliver(more, now);
  EXPECT_THAT(results(outcomes), Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("dim_account"));
  sql("ALTER TABLE somewhere_else RENAME TO dim_account");
  EXPECT_TRUE(all_delivered(target->deliver(more, now)));
}

TEST_F(PostgresFaults, IsUnreachableWhenTheTablespaceIsFullAndLosesAndDoublesNothingWhenThereIsRoom) {
  const small_disk disk(server_->folder() + "/disk", "6m");
  if (!disk.is_mounted())
    GTEST_SKIP() << "without the right to mount a small disk";
  server_->give(disk.path());
  server_->rows("CREATE TABLESPACE small LOCATION '" + disk.path() + "'");
  server_->rows("ALTER ROLE cx SET default_tablespace = small");
  const auto target = open(sink_);
  const auto [refused, outcomes] = deliver_until_refused(*target, load_, 200, 200);
  ASSERT_FALSE(refused.empty()) << "the disk never filled up";
  EXPECT_THAT(results(outcomes), Each(testing::AnyOf(delivery_result::unreachable, delivery_result::skipped)));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("53100"));
  EXPECT_FALSE(all_delivered(target->deliver(refused, now)));
  ASSERT_TRUE(disk.grow("64m"));
  EXPECT_TRUE(deliver_until_taken(*target, refused));
  EXPECT_TRUE(deliver_until_taken(*target, events(200)));
  expect_exactly(load_.made());
}

TEST_F(PostgresFaults, ReadsItsPasswordAnewAtEveryConnecting) {
  const auto file = server_->folder() + "/password";
  const auto set = [&](const std::string& password) {
    server_->rows("SET password_encryption = 'scram-sha-256'; ALTER ROLE loader PASSWORD '" + password + "'");
    std::ofstream(file) << password << "\n";
  };
  server_->rows("CREATE ROLE loader LOGIN SUPERUSER");
  set("first");
  std::ofstream(server_->folder() + "/data/pg_hba.conf")
      << "host all cx 127.0.0.1/32 trust\nhost all loader 127.0.0.1/32 scram-sha-256\n";
  server_->rows("SELECT pg_reload_conf()");
  sink_.settings["user"] = "loader";
  sink_.settings["password"] = "file:" + file;
  const auto target = open(sink_);
  ASSERT_TRUE(all_delivered(target->deliver(events(1), now)));
  set("second");
  server_->rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'loader'");
  EXPECT_TRUE(deliver_until_taken(*target, events(1)));
  std::ofstream(file) << "wrong\n";
  sink_.settings["schema"] = "other";
  const auto opened = make(sink_)->open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.err().code, base::error_code::unavailable);
  EXPECT_THAT(opened.err().message,
              testing::AllOf(HasSubstr("password authentication failed"), testing::Not(HasSubstr("wrong"))));
}

} // namespace
} // namespace cxstream::servers
