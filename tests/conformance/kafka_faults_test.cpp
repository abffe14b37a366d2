// The kafka connector before brokers that answer with errors.
#include "conformance/handover.hpp"
#include "conformance/kafka/kafka_cluster.hpp"
#include "connectors/factory.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::conformance {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;
using connectors_test::results;

config::sink_config sink_at(const kafka_cluster& cluster) {
  config::sink_config out;
  out.name = "bus";
  out.kind = "kafka";
  out.projection.set_kind(v1::BI);
  out.settings = {{"brokers", cluster.brokers()}, {"topic", kafka_cluster::topic}, {"timeout", "4s"}};
  return out;
}

std::unique_ptr<ports::target> target_at(const config::sink_config& sink) {
  auto made = connectors::make_target(sink);
  EXPECT_TRUE(made) << (made ? "" : made.err().message);
  return std::move(*made);
}

// Records of each ticket, in the order of its partition.
std::map<std::string, std::vector<std::uint64_t>> by_ticket(kafka_cluster& cluster) {
  std::map<std::string, std::vector<std::uint64_t>> out;
  for (const auto& r : cluster.stored())
    out[r.key].push_back(r.ticket_sequence);
  return out;
}

// Partitions that the Java client's murmur2 gives these keys (its own test vectors, without the sign, of 1,000).
TEST(KafkaTarget, PutsATicketInThePartitionThatTheJavaClientWouldLookIn) {
  const std::vector<std::pair<std::string, std::int32_t>> hashes{
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  kafka_cluster cluster(32);
  const auto target = target_at(sink_at(cluster));
  log_of_events log;
  events all;
  for (const auto& [ticket, hash] : hashes)
    all.push_back(log.add(ticket));
  ASSERT_TRUE(all_delivered(target->deliver(all, now)));
  const auto stored = cluster.stored();
  ASSERT_EQ(stored.size(), hashes.size());
  for (const auto& [ticket, hash] : hashes) {
    const auto found = std::ranges::find(stored, ticket, &stored_record::key);
    ASSERT_NE(found, stored.end()) << ticket;
    EXPECT_EQ(found->partition, (hash & 0x7fffffff) % 32) << ticket;
  }
}

TEST(KafkaTarget, SendsHeadersBesideTheBodyInItsEnvelope) {
  kafka_cluster cluster;
  auto sink = sink_at(cluster);
  sink.settings["envelope"] = "cloudevents";
  log_of_events log;
  ASSERT_TRUE(all_delivered(target_at(sink)->deliver(std::vector{log.add("T1")}, now)));
  const auto stored = cluster.stored();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].idempotency_key, "T1/1");
  EXPECT_EQ(stored[0].version, "1");
  EXPECT_EQ(stored[0].ticket_sequence, 1u);
  EXPECT_EQ(stored[0].occurred_at, "2026-01-02T03:04:06Z");
  EXPECT_EQ(nlohmann::json::parse(stored[0].body).at("specversion"), "1.0");
}

TEST(KafkaTarget, GetsOverErrorsThatPass) {
  kafka_cluster cluster;
  const auto target = target_at(sink_at(cluster));
  log_of_events log;
  cluster.fail_produce({RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT});
  const auto all = interleaved(log, tickets(8), 3);
  auto got = target->deliver(all, now);
  EXPECT_TRUE(all_delivered(got)) << text_of(got);
  for (const auto& [ticket, sequences] : by_ticket(cluster))
    EXPECT_TRUE(std::ranges::is_sorted(sequences)) << ticket;
  EXPECT_EQ(by_ticket(cluster).size(), 8u);
}

TEST(KafkaTarget, FindsTheOneRecordThatABrokerRefusesAndDeliversItsNeighbours) {
  kafka_cluster cluster(1, 1); // one partition: all travel in one batch
  const auto target = target_at(sink_at(cluster));
  log_of_events log;
  ASSERT_TRUE(all_delivered(target->deliver(std::vector{log.add("warm")}, now)));
  // The batch of eight, its second half, of that the second, and so on: the last record is the one.
  cluster.fail_produce({RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  const auto got = target->deliver(interleaved(log, tickets(8), 1), now);
  // Refused once as a batch, taken in halves: nobody is condemned for its neighbours.
  EXPECT_TRUE(all_delivered(got)) << text_of(got);
  cluster.fail_produce({RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  const auto alone = target->deliver(std::vector{log.add("T1"), log.add("T1")}, now);
  EXPECT_EQ(results(alone), (std::vector{delivery_result::permanent, delivery_result::skipped})) << text_of(alone);
}

TEST(KafkaTarget, CallsARecordAboveItsLimitUnfitAndHoldsTheTicketBack) {
  kafka_cluster cluster;
  for (const auto* transactional : {"", "cx-1"}) {
    auto sink = sink_at(cluster);
    sink.settings["message_bytes_max"] = "2000";
    if (*transactional != '\0')
      sink.settings["transactional_id"] = transactional;
    const auto target = target_at(sink);
    log_of_events log;
    auto large = connectors_test::event_of("L", 1);
    large.set_status(std::string(4'000, 'x'));
    const auto got = target->deliver(std::vector{log.add("K"), log.add(large), log.add("L"), log.add("M")}, now);
    EXPECT_EQ(results(got), (std::vector{delivery_result::delivered, delivery_result::unfit, delivery_result::skipped,
                                         delivery_result::delivered}))
        << text_of(got);
  }
}

TEST(KafkaTarget, IsUnreachableWhereItHasNoRights) {
  kafka_cluster cluster;
  const auto target = target_at(sink_at(cluster));
  log_of_events log;
  ASSERT_TRUE(all_delivered(target->deliver(std::vector{log.add("T0")}, now)));
  cluster.fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  const auto got = target->deliver(std::vector{log.add("T1")}, now);
  EXPECT_EQ(got[0].result, delivery_result::unreachable) << text_of(got);
  // The library remembers for a moment that it may not; then there is another producer.
  const std::vector other{log.add("T2")};
  auto again = target->deliver(other, now);
  if (!all_delivered(again)) {
    EXPECT_EQ(again[0].result, delivery_result::unreachable) << text_of(again);
    again = target->deliver(other, now);
  }
  EXPECT_TRUE(all_delivered(again)) << text_of(again);
}

TEST(KafkaTransactions, CommitACallOrNothingOfIt) {
  kafka_cluster cluster;
  auto sink = sink_at(cluster);
  sink.settings["transactional_id"] = "cx-1";
  const auto target = target_at(sink);
  log_of_events log;
  const auto first = interleaved(log, tickets(3), 4);
  ASSERT_TRUE(all_delivered(target->deliver(first, now)));
  for (const auto& [ticket, sequences] : by_ticket(cluster))
    EXPECT_EQ(sequences, (std::vector<std::uint64_t>{1, 2, 3, 4})) << ticket;
  constexpr std::int16_t add_partitions_to_txn = 24;
  cluster.fail_request(add_partitions_to_txn, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  const auto second = interleaved(log, tickets(3), 1);
  const auto got = target->deliver(second, now);
  EXPECT_TRUE(all_are(got, delivery_result::unreachable)) << text_of(got);
  const auto again = target->deliver(second, now);
  EXPECT_TRUE(all_delivered(again)) << "with another producer: " << text_of(again);
}

TEST(KafkaTransactions, LeaveOutTheRecordThatABrokerRefusesAndCommitTheOthers) {
  kafka_cluster cluster(1, 1);
  auto sink = sink_at(cluster);
  sink.settings["transactional_id"] = "cx-1";
  const auto target = target_at(sink);
  log_of_events log;
  ASSERT_TRUE(all_delivered(target->deliver(std::vector{log.add("warm")}, now)));
  cluster.fail_produce({RD_KAFKA_RESP_ERR_INVALID_RECORD});
  const auto got = target->deliver(interleaved(log, tickets(8), 1), now);
  EXPECT_TRUE(all_delivered(got)) << "refused together, taken in halves: " << text_of(got);
  cluster.fail_produce({RD_KAFKA_RESP_ERR_INVALID_RECORD});
  const auto alone = target->deliver(std::vector{log.add("T1")}, now);
  EXPECT_EQ(results(alone), std::vector{delivery_result::permanent}) << text_of(alone);
}

} // namespace
} // namespace cxstream::conformance
