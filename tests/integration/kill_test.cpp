// A node that is killed again and again in the middle of its work. What it promised is written down outside of it.
#include "integration/harness/environment.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/warehouse.hpp"
#include "integration/harness/webhook_receiver.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/query.grpc.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <thread>

namespace cxstream::integration {
namespace {

using testing::IsEmpty;

// Events of a few hundred tickets in disorder, now and then one that was sent before.
class disorderly_source {
public:
  explicit disorderly_source(std::uint64_t seed) : random_(seed) {
  }
  std::vector<v1::CanonicalEvent> next_batch() {
    std::vector<v1::CanonicalEvent> out;
    for (std::uint64_t i = 0; i < events_a_batch; ++i)
      out.push_back(next());
    return out;
  }

private:
  static constexpr std::uint64_t events_a_batch = 16;
  static constexpr std::uint64_t tickets = 300;

  v1::CanonicalEvent next() {
    if (!past_.empty() && random_() % 20 == 0)
      return past_[random_() % past_.size()];
    const auto number = past_.size();
    auto e = support::plain_event("T-" + std::to_string(random_() % tickets), "key-" + std::to_string(number),
                                  static_cast<std::int64_t>(random_() % 1'000'000));
    e.set_version(number);
    e.set_status(std::array{"new", "open", "pending", "closed"}.at(random_() % 4));
    return past_.emplace_back(e);
  }

  std::mt19937_64 random_;
  std::vector<v1::CanonicalEvent> past_;
};

struct ticket_truth {
  std::map<std::uint64_t, std::string> key_of_sequence;
  std::pair<std::int64_t, std::uint64_t> newest{-1, 0};
  std::string status;
};

std::map<std::string, ticket_truth> truth_of(const publish_client& client) {
  std::map<std::string, ticket_truth> out;
  for (const auto& [id, acked] : client.acked()) {
    auto& truth = out[id.first];
    truth.key_of_sequence[acked.result.ticket_sequence()] = id.second;
    const std::pair revision(acked.event.occurred_at().seconds(), acked.event.version());
    if (revision > truth.newest) {
      truth.newest = revision;
      truth.status = acked.event.status();
    }
  }
  return out;
}

std::map<std::uint64_t, std::string> history_of(v1::QueryService::Stub& stub, const std::string& ticket) {
  std::map<std::uint64_t, std::string> out;
  v1::GetTicketHistoryRequest request;
  request.set_ticket_id(ticket);
  request.set_page_size(1'000);
  v1::GetTicketHistoryResponse page;
  do {
    const auto status = stub.GetTicketHistory(within(10s).get(), request, &page);
    EXPECT_TRUE(status.ok()) << ticket << ": " << status.error_message();
    for (const auto& event : page.events())
      EXPECT_TRUE(out.emplace(event.pipeline().ticket_sequence(), event.idempotency_key()).second);
    request.set_from_sequence(page.next_sequence());
  } while (page.next_sequence() != 0);
  return out;
}

std::vector<std::string> kept_otherwise_than_acked(const node_process& node,
                                                   const std::map<std::string, ticket_truth>& truth) {
  const auto stub = v1::QueryService::NewStub(node.channel());
  std::vector<std::string> out;
  for (const auto& [ticket, expected] : truth)
    if (history_of(*stub, ticket) != expected.key_of_sequence)
      out.push_back(ticket);
  return out;
}

std::vector<std::string> with_another_status(const warehouse& db, const std::map<std::string, ticket_truth>& truth) {
  std::vector<std::string> out;
  for (const auto& row : db.rows("SELECT ticket_id, status FROM ticket_current"))
    if (!truth.contains(row[0]) || truth.at(row[0]).status != row[1])
      out.push_back(row[0] + " is " + row[1]);
  return out;
}

received_sequences archived(const std::string& directory) {
  received_sequences out;
  for (const auto& line : read_archive(directory))
    out[line.at("ticket_id")].push_back(line.at("ticket_sequence"));
  return out;
}

std::uint64_t events_of(const received_sequences& received) {
  std::uint64_t out = 0;
  for (const auto& [ticket, sequences] : received)
    out += sequences.size();
  return out;
}

TEST(KilledNode, KeepsEveryPromiseItMadeBefore) {
  const auto kills = from_environment("CXSTREAM_KILLS", 12);
  const auto seed = from_environment("CXSTREAM_SEED", 20'261'121);
  SCOPED_TRACE("CXSTREAM_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const scratch_dir dir;
  webhook_receiver receiver(dir, "receiver", {"--fail-rate", "0.05", "--throttle-rate", "0.001"});
  node_process node(dir,
                    {dir / "data",
                     "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") +
                         "}, {name: archive, kind: file, path: " + (dir / "archive") +
                         "}, {name: crm, kind: webhook, allow_private: true, concurrency: 8, url: '" + receiver.url() +
                         "', retry: {backoff_initial: 50ms, backoff_max: 1s, attempts_max: 100}}]",
                     ""});
  disorderly_source source(seed);
  publish_client client;
  std::uint64_t killed_at_work = 0;
  for (std::uint64_t i = 0; i < kills; ++i) {
    node.start();
    const std::chrono::milliseconds lifetime(random() % 700);
    {
      const std::jthread killer([&] {
        std::this_thread::sleep_for(lifetime);
        node.kill9();
      });
      client.publish(node.channel(), [&] {
        std::this_thread::sleep_for(10ms);
        return std::optional(source.next_batch());
      });
    }
    killed_at_work += client.status().ok() ? 0 : 1;
    node.bury();
  }
  node.start();
  int last_batches = 20;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    return last_batches-- > 0 ? std::optional(source.next_batch()) : std::nullopt;
  });
  EXPECT_TRUE(client.status().ok()) << client.status().error_message();
  ASSERT_TRUE(node.drains(90s)) << node.ask({"sink", "list"}).dump(1);

  EXPECT_EQ(killed_at_work, kills);
  EXPECT_GT(client.duplicates(), 0U);
  EXPECT_GT(client.acked().size(), kills * 50);
  EXPECT_THAT(client.contradictions(), IsEmpty());
  const auto truth = truth_of(client);
  EXPECT_THAT(kept_otherwise_than_acked(node, truth), IsEmpty()); // P1, P2
  const auto received = receiver.received();
  EXPECT_THAT(out_of_order(received), IsEmpty()); // P3
  EXPECT_EQ(events_of(received), client.acked().size());
  const auto filed = archived(dir / "archive");
  EXPECT_THAT(out_of_order(filed), IsEmpty());
  EXPECT_EQ(events_of(filed), client.acked().size());
  const warehouse db(dir / "warehouse.db");
  EXPECT_EQ(db.value("SELECT count(*) FROM fact_ticket_event"), std::to_string(client.acked().size()));
  EXPECT_THAT(with_another_status(db, truth), IsEmpty()); // P4
  EXPECT_EQ(node.contradictions(), "");                   // P7
  EXPECT_EQ(node.terminate(), 0);
}

} // namespace
} // namespace cxstream::integration
