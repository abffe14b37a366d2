// Events of the history are sent once more: to bring back what was lost, through kills, to a sink that keeps history.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/replay_jobs.hpp"
#include "integration/harness/warehouse.hpp"
#include "support/event_maker.hpp"

#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

constexpr std::uint64_t tickets = 200;

// Every third event is older than what its ticket has seen.
v1::CanonicalEvent event_of(std::uint64_t number) {
  const auto second = static_cast<std::int64_t>(number % 3 == 2 ? number / 2 : number);
  auto e = support::plain_event("T-" + std::to_string(number % tickets), "key-" + std::to_string(number), second);
  e.set_status(number % 2 == 0 ? "open" : "pending");
  e.set_account_id(number % tickets < 20 ? "acme" : "other");
  return e;
}

void publish(const node_process& node, std::uint64_t from, std::uint64_t to) {
  publish_client client;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::vector<v1::CanonicalEvent> batch;
    for (; from < to && batch.size() < 100; ++from)
      batch.push_back(event_of(from));
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  ASSERT_TRUE(client.status().ok()) << client.status().error_message();
}

TEST(Replay, BringsBackWhatATargetLost) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", ""});
  node.start();
  publish(node, 0, 2'000);
  ASSERT_TRUE(node.drains(60s));
  const auto preview = node.ask({"replay", "preview", "warehouse", "--account", "acme"});
  EXPECT_EQ(number(preview, "events"), 200U);
  EXPECT_EQ(number(preview, "tickets"), 20U);
  EXPECT_EQ(preview["safety"], "guarded");
  const auto id = started(node, {"warehouse", "--account", "acme"});
  ASSERT_TRUE(ends(node, id));
  EXPECT_EQ(number(shown(node, id), "delivered"), 200U);
  EXPECT_EQ(warehouse(dir / "warehouse.db").value("SELECT count(*) FROM fact_ticket_event"), "2000");
}

TEST(Replay, GoesOnAfterTheNodeWasKilledAndCountsNothingTwice) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", ""});
  node.start();
  publish(node, 0, 4'000);
  ASSERT_TRUE(node.drains(60s));
  const auto id = started(node, {"warehouse", "--rate", "1000"});
  ASSERT_TRUE(eventually(30s, [&] { return number(shown(node, id), "delivered") > 500; }));
  node.kill9();
  node.bury();
  node.start();
  EXPECT_EQ(shown(node, id)["state"], "REPLAY_RUNNING");
  ASSERT_EQ(node.cli({"replay", "pause", id}).exit_code, 0);
  const auto paused = number(shown(node, id), "delivered");
  EXPECT_LT(paused, 4'000U);
  ASSERT_EQ(node.cli({"replay", "resume", id, "--rate", "0"}).exit_code, 0);
  ASSERT_TRUE(ends(node, id)) << shown(node, id);
  EXPECT_EQ(number(shown(node, id), "delivered"), 4'000U) << shown(node, id);
  EXPECT_EQ(node.contradictions(), "");
}

TEST(Replay, ASinkThatKeepsHistoryMustBeWillingToTakeOldEvents) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[{name: archive, kind: file, path: " + (dir / "archive") + "}]", ""});
  node.start();
  publish(node, 0, 100);
  ASSERT_TRUE(node.drains(60s));
  EXPECT_EQ(node.cli({"replay", "start", "archive"}).exit_code, 1);
  const auto id = started(node, {"archive", "--allow-history"});
  ASSERT_TRUE(ends(node, id)) << shown(node, id);
  EXPECT_EQ(number(shown(node, id), "delivered"), 100U);
  EXPECT_EQ(node.cli({"replay", "cancel", id}).exit_code, 1) << "it is over";
}

TEST(Replay, ASinkAddedLaterIsFilledFromTheFirstEvent) {
  const scratch_dir dir;
  {
    node_process node(dir, {dir / "data", "[]", ""});
    node.start();
    publish(node, 0, 2'000);
    ASSERT_EQ(node.terminate(), 0);
  }
  node_process node(dir, {dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", ""});
  node.start();
  publish(node, 2'000, 3'000);
  ASSERT_TRUE(node.drains(60s));
  EXPECT_EQ(warehouse(dir / "warehouse.db").value("SELECT count(*) FROM fact_ticket_event"), "3000");
  EXPECT_EQ(node.contradictions(), "");
}

} // namespace
} // namespace cxstream::integration
