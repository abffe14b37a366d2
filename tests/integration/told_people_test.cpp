// Sinks that tell people: a burst as one message, also through a crash; what its reader says about it; its evidence.
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"
#include "support/vendors/slack_stand_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

using testing::HasSubstr;

constexpr int tickets = 30;

class ToldPeople : public testing::Test {
protected:
  ToldPeople() : node_(dir_, {dir_ / "data", sinks(), "", more()}) {
    write_file(dir_ / "rules.yaml",
               "rules: [{name: churn, when: {churn_risk: {at_least: high}, sentiment: {worsened: true}}}]");
    write_file(dir_ / "slack", slack_.url());
    node_.start();
  }

  std::string sinks() const {
    return "[{name: alerts, kind: slack, url: 'file:" + (dir_ / "slack") + "', rules_file: " + (dir_ / "rules.yaml") +
           ", burst_window: 3s, allow_private: true, retry: {backoff_initial: 100ms}, breaker: {open_max: 1s}, "
           "message: "
           "'x{{count}}{{#tickets}} {{ticket_id}}={{feedback_url}}{{/tickets}}'}, "
           "{name: links, kind: evidence, allow_private: true, sample_per_mille: 1000, host_checks_per_minute: 1000, "
           "checks_per_minute: 1000}]";
  }
  static std::string more() {
    return "feedback: {url: 'http://cx.example', secret: a-key-of-sixteen-bytes-and-more}";
  }

  // Each ticket is calm first, then about to leave and unhappier.
  void publish_burst() {
    std::vector<v1::CanonicalEvent> events;
    for (int step = 0; step < 2; ++step)
      for (int i = 0; i < tickets; ++i) {
        auto e = support::plain_event("T-" + std::to_string(i), "key-" + std::to_string(step), step + 1);
        e.set_driver("billing");
        e.set_canonical_tag("refund");
        e.mutable_churn_risk()->set_label(step == 0 ? "low" : "high");
        e.mutable_sentiment()->set_label(step == 0 ? "neutral" : "negative");
        if (step == 1 && i == 7)
          e.set_evidence_url(desk_.url("/gone"));
        events.push_back(e);
      }
    bool sent = false;
    publish_client client;
    client.publish(node_.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
      return std::exchange(sent, true) ? std::nullopt : std::optional(events);
    });
    ASSERT_TRUE(client.status().ok()) << client.status().error_message();
  }
  // Events that were told of, over all messages.
  int told() const {
    int out = 0;
    for (const auto& text : slack_.texts())
      out += std::stoi(text.substr(1));
    return out;
  }

  const scratch_dir dir_;
  support::slack_stand_in slack_;
  support::http_stand_in desk_{[](const support::got_request&) { return support::said(404); }};
  node_process node_;
};

TEST_F(ToldPeople, GetABurstInFewMessagesAndNothingIsLostInThem) {
  publish_burst();
  ASSERT_TRUE(node_.drains(30s));
  EXPECT_EQ(told(), tickets);
  EXPECT_LE(slack_.texts().size(), 3u) << "the first at once, the rest when the window is over";
  // T-7's link leads nowhere, which becomes an event of its ticket.
  EXPECT_TRUE(eventually(10s, [&] { return node_.counts("alerts").at("delivered") == 2u * tickets + 1; }))
      << node_.counts("alerts").at("delivered");
  EXPECT_EQ(node_.contradictions(), "");
}

TEST_F(ToldPeople, GetWhatWasHeldForABurstAlsoWhenTheNodeDies) {
  publish_burst();
  ASSERT_TRUE(eventually(10s, [&] { return told() > 0; }));
  node_.kill9();
  node_.bury();
  EXPECT_LT(told(), tickets) << "too late: nothing was held any more";
  node_.start();
  ASSERT_TRUE(node_.drains(30s));
  EXPECT_GE(told(), tickets);
  EXPECT_EQ(node_.contradictions(), "");
}

TEST_F(ToldPeople, SayThatItWasWrongOnce) {
  publish_burst();
  ASSERT_TRUE(node_.drains(30s));
  const auto text = slack_.texts().at(0);
  const std::string prefix = "=http://cx.example";
  const auto begin = text.find(prefix) + prefix.size();
  const auto path = text.substr(begin, text.find(' ', begin) - begin);
  ASSERT_TRUE(path.starts_with("/v1/feedback/")) << text;
  EXPECT_THAT(http_get(node_.intake_address(), path).body, HasSubstr("<form method=\"post\">"));
  EXPECT_EQ(node_.ask({"feedback", "report"}).at("false_positives"), 0) << "looking at a link flags nothing";
  http_poster reader(node_.intake_address());
  for (int press = 0; press < 2; ++press)
    EXPECT_EQ(reader.post(path, "").status, 200);
  auto forged = path;
  forged[forged.size() / 2] ^= 1;
  EXPECT_EQ(reader.post(forged, "").status, 403);
  const auto report = node_.ask({"feedback", "report"});
  EXPECT_EQ(report.at("false_positives"), 1);
  EXPECT_EQ(report.at("rows").at(0).at("canonical_tag"), "refund");
  EXPECT_EQ(report.at("rows").at(0).at("driver"), "billing");
  EXPECT_EQ(report.at("rows").at(0).at("sink"), "alerts");
  EXPECT_EQ(node_.cli({"feedback", "add", "alerts", "T-3", "2"}).exit_code, 0);
  EXPECT_EQ(node_.cli({"feedback", "add", "alerts", "T-3", "99"}).exit_code, 1);
  EXPECT_EQ(node_.cli({"feedback", "add", "nobody", "T-3", "2"}).exit_code, 1);
  EXPECT_EQ(node_.ask({"feedback", "report"}).at("rows").at(0).at("false_positives"), 2);
  EXPECT_EQ(node_.contradictions(), "");
}

TEST_F(ToldPeople, AreShownWhichEvidenceLeadsNowhere) {
  publish_burst();
  ASSERT_TRUE(node_.drains(30s));
  const auto found = node_.ask({"evidence", "list"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.at(0).at("ticket_id"), "T-7");
  EXPECT_EQ(found.at(0).at("http_status"), 404);
  EXPECT_EQ(found.at(0).at("evidence_url"), desk_.url("/gone"));
  EXPECT_THAT(http_get(node_.http_address(), "/metrics").body,
              HasSubstr("cxstream_evidence_checks_total{outcome=\"broken\"} 1"));
}

TEST_F(ToldPeople, WaitWhileTheWebhookIsGoneAndLoseNothing) {
  slack_.break_with(410);
  publish_burst();
  ASSERT_TRUE(eventually(20s, [&] { return node_.ask({"sink", "list"}).dump().find("OPEN") != std::string::npos; }));
  EXPECT_EQ(node_.counts("alerts").at("dead"), 0u);
  slack_.mend();
  ASSERT_TRUE(node_.drains(40s));
  EXPECT_GE(told(), tickets);
  EXPECT_THAT(node_.log(), testing::Not(HasSubstr("aVerySecretHook")));
}

} // namespace
} // namespace cxstream::integration
