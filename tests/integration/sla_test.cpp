// What is promised of a sink's speed, measured by a real node through restarts.
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "integration/harness/webhook_receiver.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t tickets = 50;
constexpr std::uint64_t events_a_ticket = 8;
constexpr std::uint64_t events = tickets * events_a_ticket;

void publish(const node_process& node, const std::string& prefix) {
  publish_client client;
  std::uint64_t number = 0;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    std::vector<v1::CanonicalEvent> batch;
    for (; number < events && batch.size() < 100; ++number)
      batch.push_back(support::plain_event("T-" + std::to_string(number % tickets), prefix + std::to_string(number),
                                           static_cast<std::int64_t>(number)));
    return batch.empty() ? std::nullopt : std::optional(batch);
  });
  EXPECT_EQ(client.acked().size(), events);
}

std::map<std::string, std::uint64_t> window_of(const node_process& node, const std::string& sink) {
  std::map<std::string, std::uint64_t> out;
  const auto report = node.ask({"sla", "report", sink, "--week"});
  EXPECT_EQ(report.at("sinks").size(), 1U);
  EXPECT_EQ(report.at("sinks")[0].at("days").size(), 7U);
  for (const auto& [name, count] : report.at("sinks")[0].at("window").items())
    out[name] = std::stoull(count.get<std::string>());
  return out;
}

std::map<std::string, std::uint64_t> counts(std::uint64_t kept, std::uint64_t slow, std::uint64_t dead,
                                            std::uint64_t unmeasured) {
  return {{"kept", kept}, {"slow", slow}, {"dead", dead}, {"unmeasured", unmeasured}};
}

TEST(Sla, IsMeasuredThroughRestartsAndTellsLateComersReplaysAndDeadLettersApart) {
  const scratch_dir dir;
  webhook_receiver receiver(dir, "receiver", {"--poison-permanent", "T-7"});
  node_process node(dir, {dir / "data",
                          "[{name: fast, kind: file, path: " + (dir / "fast") +
                              ", sla: {of: received}}, {name: old, kind: file, path: " + (dir / "old") +
                              ", sla: {share: 0.9, within: 5s}}, {name: hook, kind: webhook, allow_private: true, "
                              "concurrency: 4, url: '" +
                              receiver.url() + "', sla: {of: received, share: 0.5}}, {name: plain, kind: file, path: " +
                              (dir / "plain") + "}]",
                          ""});
  node.start();
  publish(node, "a");
  ASSERT_TRUE(eventually(30s, [&] { return node.counts("hook").at("dead") == events_a_ticket; }));
  ASSERT_TRUE(node.drains(30s));
  EXPECT_EQ(window_of(node, "fast"), counts(events, 0, 0, 0));
  EXPECT_EQ(window_of(node, "old"), counts(0, 0, 0, events)) << "they happened months before they came";
  EXPECT_EQ(window_of(node, "hook"), counts(events - events_a_ticket, 0, events_a_ticket, 0));
  EXPECT_EQ(node.cli({"sla", "report", "plain"}).exit_code, 1) << "nothing is promised of it";

  ASSERT_EQ(node.terminate(), 0);
  node.start();
  EXPECT_EQ(window_of(node, "fast"), counts(events, 0, 0, 0));
  EXPECT_EQ(window_of(node, "hook"), counts(events - events_a_ticket, 0, events_a_ticket, 0));

  publish(node, "b");
  ASSERT_TRUE(node.drains(30s));
  EXPECT_EQ(node.cli({"sink", "seek", "fast", "--earliest"}).exit_code, 0);
  ASSERT_TRUE(eventually(30s, [&] { return window_of(node, "fast").at("unmeasured") == 2 * events; }))
      << node.ask({"sla", "report"});
  EXPECT_EQ(window_of(node, "fast"), counts(2 * events, 0, 0, 2 * events)) << "a replay is nobody's lateness";

  const auto text = node.cli({"sla", "report", "--week"});
  EXPECT_EQ(text.exit_code, 0) << text.out << text.err;
  EXPECT_THAT(text.out, HasSubstr("fast: kept"));
  EXPECT_THAT(text.out, HasSubstr("old: nothing measured yet"));
  EXPECT_THAT(text.out, HasSubstr("99 % of events received→delivered within 1 min"));
  const auto metrics = http_get(node.http_address(), "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("cxstream_sla_budget_left_ratio{sink=\"fast\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("cxstream_sla_burn_rate{sink=\"hook\",window=\"3600s\"}"));
}

TEST(Sla, IsOverspentWhenEventsAreGivenUpAndTheReportSaysSo) {
  const scratch_dir dir;
  webhook_receiver receiver(dir, "receiver", {"--poison-permanent", "T-7"});
  node_process node(dir, {dir / "data",
                          "[{name: hook, kind: webhook, allow_private: true, url: '" + receiver.url() +
                              "', sla: {of: received, share: 0.999}}]",
                          ""});
  node.start();
  publish(node, "a");
  ASSERT_TRUE(eventually(30s, [&] { return node.counts("hook").at("dead") == events_a_ticket; }));
  ASSERT_TRUE(node.drains(30s));
  const auto text = node.cli({"sla", "report", "--week"});
  EXPECT_EQ(text.exit_code, 1) << text.out;
  EXPECT_THAT(text.out, HasSubstr("hook: NOT KEPT"));
}

} // namespace
} // namespace cxstream::integration
