// Sinks and tickets that fail, beside ones that must not feel it.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/webhook_receiver.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/admin.grpc.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

using testing::IsEmpty;
using clock = std::chrono::steady_clock;

constexpr std::uint64_t events = 40'000;
constexpr std::uint64_t escalated_tickets = 50; // they alone go to the webhooks
constexpr std::uint64_t tickets = 1'000;
constexpr std::uint64_t events_a_ticket = events / tickets;
constexpr std::uint64_t escalated_events = escalated_tickets * events_a_ticket;
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t resident_bytes_max = 1'200U << 20U; // freed memory is kept apart for a while
#else
constexpr std::size_t resident_bytes_max = 600U << 20U;
#endif
const std::vector<std::string> fast_sinks{"archive", "warehouse"};

std::string escalated(std::uint64_t number) {
  return "E-" + std::to_string(number);
}

std::string fast_sinks_in(const scratch_dir& dir) {
  return "{name: archive, kind: file, path: " + (dir / "archive") +
         "}, {name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}";
}

std::string webhook(const std::string& name, const webhook_receiver& receiver) {
  return ", {name: " + name + ", kind: webhook, allow_private: true, concurrency: 4, url: '" + receiver.url() +
         "', filter: {event_types: [ticket.escalated]}, breaker: {open_max: 1s}, "
         "retry: {backoff_initial: 100ms, backoff_max: 1s, attempts_max: 100000}}";
}

// Publishes all events; how long it took until these sinks had them all.
std::chrono::duration<double> publish_and_drain(const node_process& node, const std::vector<std::string>& sinks) {
  const auto began = clock::now();
  publish_client client;
  std::uint64_t number = 0;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::vector<v1::CanonicalEvent> batch;
    for (; number < events && batch.size() < 500; ++number) {
      const auto ticket = number % tickets;
      const bool is_escalated = ticket < escalated_tickets;
      auto& e =
          batch.emplace_back(support::plain_event(is_escalated ? escalated(ticket) : "T-" + std::to_string(ticket),
                                                  "key-" + std::to_string(number), static_cast<std::int64_t>(number)));
      e.set_event_type(is_escalated ? "ticket.escalated" : "ticket.updated");
    }
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  EXPECT_TRUE(client.status().ok()) << client.status().error_message();
  EXPECT_EQ(client.acked().size(), events);
  EXPECT_TRUE(node.drains(60s, sinks));
  return clock::now() - began;
}

std::chrono::duration<double> time_without_trouble() {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[" + fast_sinks_in(dir) + "]", ""});
  node.start();
  return publish_and_drain(node, fast_sinks);
}

std::uint32_t attempts_spent(const node_process& node, const std::string& sink) {
  v1::ListWaitingRequest request;
  request.set_sink(sink);
  request.set_page_size(1'000);
  v1::ListWaitingResponse response;
  const auto status = v1::AdminService::NewStub(node.channel())->ListWaiting(within(10s).get(), request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  std::uint32_t out = 0;
  for (const auto& waiting : response.waiting())
    out += waiting.attempts();
  return out;
}

void expect_all(const received_sequences& received) {
  EXPECT_EQ(received.size(), escalated_tickets);
  for (const auto& [ticket, sequences] : received)
    EXPECT_EQ(sequences.size(), events_a_ticket) << ticket;
  EXPECT_THAT(out_of_order(received), IsEmpty());
}

TEST(Isolation, NoSinkAndNoTicketSlowsOrLosesAnother) {
  const auto alone = time_without_trouble();
  const scratch_dir dir;
  webhook_receiver poisoned(dir, "poisoned", {"--poison-ticket", escalated(7), "--poison-permanent", escalated(8)});
  webhook_receiver away(dir, "away", {});
  away.stop();
  webhook_receiver slow(dir, "slow", {"--slow-rate", "1", "--slow-ms", "200"});
  node_process node(dir, {dir / "data",
                          "[" + fast_sinks_in(dir) + webhook("poisoned", poisoned) + webhook("away", away) +
                              webhook("slow", slow) + "]",
                          ""});
  node.start();

  const auto beside_trouble = publish_and_drain(node, fast_sinks);
  EXPECT_LT(beside_trouble.count(), 2.5 * alone.count() + 1) << "alone: " << alone.count() << " s";
  EXPECT_LT(node.process().resident_bytes(), resident_bytes_max);

  EXPECT_TRUE(eventually(60s, [&] {
    const auto counts = node.counts("poisoned");
    return counts.at("waiting") == events_a_ticket && counts.at("dead") == events_a_ticket &&
           counts.at("pending") == 0 && counts.at("delivered") == escalated_events - 2 * events_a_ticket;
  })) << nlohmann::json(node.counts("poisoned"));
  EXPECT_EQ(attempts_spent(node, "away"), 0U);
  EXPECT_EQ(node.counts("away").at("dead"), 0U);
  EXPECT_EQ(node.counts("away").at("delivered"), 0U);
  EXPECT_EQ(node.contradictions(), "");

  poisoned.restart({});
  away.restart({});
  slow.restart({});
  const auto requeued = node.cli({"dead", "requeue", "--sink", "poisoned"});
  EXPECT_EQ(requeued.exit_code, 0) << requeued.out << requeued.err;
  ASSERT_TRUE(node.drains(60s)) << node.ask({"sink", "list"});
  expect_all(poisoned.received());
  expect_all(away.received());
  expect_all(slow.received());
  EXPECT_LT(node.process().resident_bytes(), resident_bytes_max);
  EXPECT_EQ(node.contradictions(), "");
}

} // namespace
} // namespace cxstream::integration
