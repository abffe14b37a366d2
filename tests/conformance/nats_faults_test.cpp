// A nats-server that is killed, restarted, frozen and filled up while events are being delivered.
#include "conformance/handover.hpp"
#include "conformance/nats/nats_server.hpp"
#include "connectors/factory.hpp"

#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace cxstream::conformance {
namespace {

constexpr std::size_t tickets_n = 100;
constexpr std::size_t events_a_ticket = 40;
constexpr std::size_t events_n = tickets_n * events_a_ticket;
constexpr std::uint64_t little_bytes = 512U << 10U; // of the server's store: less than half of the events
constexpr std::uint64_t plenty_bytes = 1U << 30U;

// What a node does with a target: of each ticket the lowest events that are not delivered, again and again.
class deliverer {
public:
  explicit deliverer(ports::target& target) : target_(target) {
    log_of_events log;
    for (std::size_t n = 0; n < events_a_ticket; ++n)
      for (std::size_t t = 0; t < tickets_n; ++t)
        waiting_[t].push_back(log.add("T" + std::to_string(t)));
  }
  // Hands over until all is delivered; false when that takes too long.
  bool run(std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (delivered() < events_n && std::chrono::steady_clock::now() < deadline)
      one_call();
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
    return delivered_ == events_n;
  }
  std::size_t delivered() {
    const std::lock_guard lock(mutex_);
    return delivered_;
  }
  std::size_t failed_calls() {
    const std::lock_guard lock(mutex_);
    return failed_calls_;
  }
  // Returns when so many were delivered, or calls failed, or run() ended.
  void wait_for(std::size_t delivered, std::size_t failed_calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return over_ || (delivered_ >= delivered && failed_calls_ >= failed_calls); });
  }
  std::size_t condemned = 0;

private:
  void one_call() {
    events call;
    for (auto& w : waiting_)
      call.insert(call.end(), w.begin(), w.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(w.size(), 3)));
    const auto got = target_.deliver(call, connectors_test::now);
    bool failed = false;
    std::size_t done = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      condemned += got[i].result == delivery_result::permanent || got[i].result == delivery_result::unfit;
      failed |= got[i].result != delivery_result::delivered;
      if (got[i].result != delivery_result::delivered)
        continue;
      auto& w = waiting_[static_cast<std::size_t>(std::stoi(call[i].ticket_id.substr(1)))];
      EXPECT_EQ(w.front().offset, call[i].offset) << "delivered behind an event that is not";
      w.erase(w.begin());
      ++done;
    }
    const std::lock_guard lock(mutex_);
    delivered_ += done;
    failed_calls_ += failed;
    changed_.notify_all();
  }

  ports::target& target_;
  std::vector<std::vector<ports::delivery>> waiting_{tickets_n};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t delivered_ = 0;
  std::size_t failed_calls_ = 0;
  bool over_ = false;
};

TEST(NatsFaults, LosesNothingDoublesNothingAndKeepsTheOrderThroughKillsFreezesAndAFullStore) {
  if (!nats_server::is_installed())
    GTEST_SKIP() << "nats-server is not installed";
  nats_server server;
  server.kill();
  server.start(little_bytes);
  config::sink_config sink;
  sink.name = "bus";
  sink.kind = "nats";
  sink.settings = {{"servers", server.url()},
                   {"user", nats_server::user},
                   {"password", nats_server::password},
                   {"connect_timeout", "500ms"},
                   {"timeout", "500ms"}};
  const auto target = std::move(*connectors::make_target(sink));
  deliverer d(*target);
  bool all = false;
  std::jthread load([&] { all = d.run(std::chrono::seconds{60}); });
  // The server dies with the thread that starts it, so the faults are this one's.
  d.wait_for(0, 1);
  EXPECT_LT(d.delivered(), events_n / 2) << "there was room for too many";
  server.kill();
  server.start(plenty_bytes);
  for (std::size_t round = 1; round <= 3; ++round) {
    d.wait_for(round * events_n / 8, 0);
    const auto before = d.failed_calls();
    server.kill();
    d.wait_for(0, before + 1);
    server.start();
    d.wait_for(round * events_n / 8 + events_n / 16, 0);
    const auto while_well = d.failed_calls();
    server.freeze();
    d.wait_for(0, while_well + 1);
    server.thaw();
  }
  load.join();
  ASSERT_TRUE(all) << d.delivered() << " of " << events_n;
  EXPECT_EQ(d.condemned, 0u);
  EXPECT_GE(d.failed_calls(), 7u);

  std::map<std::string, std::vector<std::uint64_t>> got;
  for (const auto& m : server.stored())
    got[nlohmann::json::parse(m.body).at("ticket_id")].push_back(m.ticket_sequence);
  ASSERT_EQ(got.size(), tickets_n);
  for (const auto& [ticket, sequences] : got) {
    ASSERT_EQ(sequences.size(), events_a_ticket) << ticket;
    for (std::size_t i = 0; i < sequences.size(); ++i)
      EXPECT_EQ(sequences[i], i + 1) << ticket;
  }
}

TEST(NatsTarget, CallsAMessageAboveTheServersLimitUnfitAndDeliversItsNeighbours) {
  if (!nats_server::is_installed())
    GTEST_SKIP() << "nats-server is not installed";
  nats_server server;
  config::sink_config sink;
  sink.name = "bus";
  sink.kind = "nats";
  sink.projection.set_kind(v1::BI);
  sink.settings = {{"servers", server.url()},
                   {"user", nats_server::user},
                   {"password", nats_server::password},
                   {"envelope", "cloudevents"}};
  const auto target = std::move(*connectors::make_target(sink));
  log_of_events log;
  auto large = connectors_test::event_of("T1", 1);
  large.set_status(std::string(70'000, 'x'));
  const auto got = target->deliver(std::vector{log.add(large), log.add("T1"), log.add("T2")}, connectors_test::now);
  EXPECT_EQ(connectors_test::results(got),
            (std::vector{delivery_result::unfit, delivery_result::skipped, delivery_result::delivered}));
  const auto stored = server.stored();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].subject, "cx.tickets._.T2");
  EXPECT_EQ(nlohmann::json::parse(stored[0].body).at("type"), "cx.ticket.signal.v1");
}

TEST(NatsTarget, IsUnreachableWhereNoStreamTakesTheSubjectOrItIsAnotherStream) {
  if (!nats_server::is_installed())
    GTEST_SKIP() << "nats-server is not installed";
  nats_server server("cx.tickets.>");
  config::sink_config sink;
  sink.name = "bus";
  sink.kind = "nats";
  sink.settings = {{"servers", server.url()},
                   {"user", nats_server::user},
                   {"password", nats_server::password},
                   {"subject", "elsewhere.{ticket}"}};
  log_of_events log;
  const auto nowhere = std::move(*connectors::make_target(sink));
  auto got = nowhere->deliver(std::vector{log.add("T1")}, connectors_test::now);
  EXPECT_EQ(got[0].result, delivery_result::unreachable);
  EXPECT_EQ(got[0].reason, "no stream takes the subject, or JetStream is off");
  sink.settings["subject"] = "cx.tickets.{ticket}";
  sink.settings["stream"] = "ANOTHER";
  const auto other = std::move(*connectors::make_target(sink));
  got = other->deliver(std::vector{log.add("T2")}, connectors_test::now);
  EXPECT_EQ(got[0].result, delivery_result::unreachable) << got[0].reason;
  EXPECT_TRUE(server.stored().empty());
}

} // namespace
} // namespace cxstream::conformance
