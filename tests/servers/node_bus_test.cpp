// A node that fills a message bus and is killed in the middle: in the first place while it takes events in, then while
// it delivers. NATS is a real server; Kafka is librdkafka's mock cluster.
#include "conformance/kafka/kafka_cluster.hpp"
#include "conformance/nats/nats_server.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>
#include <thread>

namespace cxstream::servers {
namespace {

using namespace integration;
using conformance::kafka_cluster;
using conformance::nats_server;
using testing::IsEmpty;

constexpr std::uint64_t tickets = 250;
constexpr std::uint64_t events = 10'000;
constexpr std::uint64_t kills_in_delivery = 3;
// 100 events a call at most: the sink needs seconds for all, so that a kill meets it in the middle.
constexpr const char* slowly = ", batch_events: 100, rate: {per_second: 20, burst: 5}, breaker: {open_max: 1s}";

std::function<std::optional<std::vector<v1::CanonicalEvent>>()> source_of(std::uint64_t& next) {
  return [&next]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::this_thread::sleep_for(10ms);
    std::vector<v1::CanonicalEvent> batch;
    for (; next < events && batch.size() < 100; ++next)
      batch.push_back(support::plain_event("T-" + std::to_string(next % tickets), "key-" + std::to_string(next),
                                           static_cast<std::int64_t>(next)));
    return batch.empty() ? std::nullopt : std::optional(batch);
  };
}

// Publishes everything and lets the sink "bus" deliver it, through kill -9 of the node.
void load_through_kills(node_process& node) {
  const auto began = std::chrono::steady_clock::now();
  node.start();
  publish_client client;
  std::uint64_t next = 0;
  {
    const std::jthread killer([&] {
      std::this_thread::sleep_for(400ms);
      node.kill9();
    });
    client.publish(node.channel(), source_of(next));
  }
  EXPECT_FALSE(client.status().ok()) << "the kill met no intake";
  node.bury();
  node.start();
  client.publish(node.channel(), source_of(next));
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
  ASSERT_EQ(client.acked().size(), events);
  EXPECT_THAT(client.contradictions(), IsEmpty());

  const auto delivered = [&] { return node.counts("bus").at("delivered"); };
  for (std::uint64_t kill = 1; kill <= kills_in_delivery; ++kill) {
    ASSERT_TRUE(eventually(30s, [&] { return delivered() >= kill * events / 5; })) << node.ask({"sink", "list"});
    node.kill9();
    node.bury();
    node.start();
    EXPECT_LT(delivered(), events) << "kill " << kill << " came too late";
  }
  ASSERT_TRUE(node.drains(60s)) << node.ask({"sink", "list"}) << node.log();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("delivered through %llu kills in %.1f s\n", static_cast<unsigned long long>(1 + kills_in_delivery),
              took.count());
  EXPECT_EQ(delivered(), events);
  EXPECT_EQ(node.contradictions(), "");
}

// What the bus has of a ticket, in order: sequence and key.
using on_the_bus = std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>>;

// Leaves out what a consumer knows already by its key; how many that were.
std::uint64_t deduplicate(on_the_bus& all) {
  std::uint64_t repeats = 0;
  for (auto& [ticket, held] : all) {
    std::set<std::string> known;
    repeats += std::erase_if(held, [&](const auto& one) { return !known.insert(one.second).second; });
  }
  return repeats;
}

// Every event of every ticket, in its order.
void expect_all_in_order(const on_the_bus& all) {
  EXPECT_EQ(all.size(), tickets);
  for (const auto& [ticket, held] : all) {
    ASSERT_EQ(held.size(), events / tickets) << ticket;
    for (std::uint64_t i = 0; i < held.size(); ++i)
      ASSERT_EQ(held[i].first, i + 1) << ticket << ": " << held[i].second;
  }
}

TEST(NodeBus, JetStreamHoldsEveryEventExactlyOnceInTheOrderOfItsTicketAlthoughTheNodeIsKilled) {
  if (!nats_server::is_installed())
    GTEST_SKIP() << "without nats-server";
  nats_server server;
  const scratch_dir dir;
  node_process node(dir, {dir / "data",
                          "[{name: bus, kind: nats, servers: '" + server.url() + "', user: " + nats_server::user +
                              ", password: " + nats_server::password + ", stream: CX" + slowly + "}]",
                          ""});
  load_through_kills(node);
  on_the_bus all;
  std::set<std::string> message_ids;
  for (const auto& message : server.stored()) {
    EXPECT_TRUE(message_ids.insert(message.message_id).second) << message.message_id;
    const auto ticket = nlohmann::json::parse(message.body).at("ticket_id").get<std::string>();
    all[ticket].emplace_back(message.ticket_sequence, message.idempotency_key);
  }
  EXPECT_EQ(message_ids.size(), events);
  EXPECT_EQ(deduplicate(all), 0U) << "the stream knows a repeat by its Nats-Msg-Id";
  expect_all_in_order(all);
}

TEST(NodeBus, KafkaHoldsEveryEventAtLeastOnceInTheOrderOfItsTicketAlthoughTheNodeIsKilled) {
  kafka_cluster cluster(16);
  const scratch_dir dir;
  node_process node(dir, {dir / "data",
                          "[{name: bus, kind: kafka, brokers: '" + cluster.brokers() +
                              "', topic: " + kafka_cluster::topic + ", timeout: 5s" + slowly + "}]",
                          ""});
  load_through_kills(node);
  on_the_bus all;
  for (const auto& record : cluster.stored())
    all[record.key].emplace_back(record.ticket_sequence, record.idempotency_key);
  const auto repeats = deduplicate(all);
  EXPECT_LE(repeats, (1 + kills_in_delivery) * 5 * 100) << "more than what can be under way at the kills";
  expect_all_in_order(all);
  std::printf("%llu records came twice\n", static_cast<unsigned long long>(repeats));
}

} // namespace
} // namespace cxstream::servers
