#include "connectors/factory.hpp"

#include "../deliveries.hpp"
#include "support/vendors/slack_stand_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using support::said;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SlackTarget : public testing::Test {
protected:
  void SetUp() override {
    config::sink_config sink;
    sink.name = "alerts";
    sink.kind = "slack";
    sink.settings = {{"url", slack.url()}, {"allow_private", "true"}, {"timeout", "500ms"}, {"burst_window", "0s"}};
    surroundings near;
    near.feedback_url = [](const ports::told_delivery& e, base::timestamp) {
      return "https://cx.example/feedback/" + e.sink + "/" + e.ticket_id + "/" + std::to_string(e.sequence.value);
    };
    auto made = make_target(sink, near);
    ASSERT_TRUE(made) << made.err().message;
    target = *std::move(made);
  }
  ports::delivery event(const std::string& ticket = "T<1>") {
    auto e = connectors_test::event_of(ticket, ++number);
    e.set_evidence_url("https://desk.example/t?id=1&x=2");
    e.set_account_id("A & co");
    return log.add(e);
  }
  ports::delivery_outcome deliver() {
    return target->deliver(std::vector{event()}, now + (++calls) * 10s).at(0);
  }

  support::slack_stand_in slack;
  log_of_events log;
  std::uint64_t number = 0;
  int calls = 0;
  std::unique_ptr<ports::target> target;
};

TEST_F(SlackTarget, PostsAReadableMessageWithEvidenceAndFeedback) {
  EXPECT_EQ(deliver().result, delivery_result::delivered);
  EXPECT_THAT(slack.texts(), ElementsAre("alerts\nT&lt;1&gt; of A &amp; co https://desk.example/t?id=1&amp;x=2 (wrong? "
                                         "https://cx.example/feedback/alerts/T&lt;1&gt;/1)\n"));
  EXPECT_EQ(slack.server().requests().at(0).header("content-type"), "application/json; charset=utf-8");
}

TEST_F(SlackTarget, WaitsAsLongAsSlackSays) {
  slack.server().next(said(429, "rate_limited").with("Retry-After", "7"));
  const auto outcome = deliver();
  EXPECT_EQ(outcome.result, delivery_result::throttled);
  EXPECT_EQ(outcome.retry_after, 7s);
}

TEST_F(SlackTarget, TakesAGoneWebhookForATargetThatIsAwayAndNotForABadEvent) {
  for (const int status : {403, 404, 410}) {
    slack.break_with(status);
    const auto outcome = deliver();
    EXPECT_EQ(outcome.result, delivery_result::unreachable) << status;
    EXPECT_THAT(outcome.reason, HasSubstr("HTTP " + std::to_string(status)));
    EXPECT_THAT(outcome.reason, HasSubstr("make a new one"));
  }
  slack.mend();
  EXPECT_EQ(deliver().result, delivery_result::delivered);
}

TEST_F(SlackTarget, TriesAgainWhatSlackCouldNotDoNow) {
  slack.server().next(said(500, "rollup_error"));
  EXPECT_EQ(deliver().result, delivery_result::transient);
  slack.server().next({200, {}, "ok", 0ms, 0ms, support::reply_ending::reset_in_body});
  EXPECT_EQ(deliver().result, delivery_result::transient);
  slack.server().next({200, {}, "ok", 0ms, 0ms, support::reply_ending::never});
  EXPECT_EQ(deliver().result, delivery_result::transient);
  slack.server().next(said(400, "invalid_payload"));
  EXPECT_EQ(deliver().result, delivery_result::permanent);
}

TEST_F(SlackTarget, ShowsTheWebhooksUrlNowhere) {
  slack.server().next(said(400, "invalid_payload for /services/T0000/B0000/aVerySecretHook"));
  const auto outcome = deliver();
  EXPECT_THAT(outcome.reason, Not(HasSubstr("aVerySecretHook")));
  EXPECT_THAT(outcome.exchange, Not(HasSubstr("aVerySecretHook")));
  EXPECT_THAT(outcome.exchange, HasSubstr("invalid_payload"));
  EXPECT_THAT(outcome.exchange, HasSubstr("unfurl_links"));
}

TEST_F(SlackTarget, SpeaksOnceASecond) {
  auto other = connectors_test::event_of("T2", 1);
  other.set_driver("another");
  const auto outcomes = target->deliver(std::vector{event(), log.add(other)}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivery_result::delivered, delivery_result::throttled));
  EXPECT_EQ(outcomes[1].retry_after, 1s);
}

} // namespace
} // namespace cxstream::connectors
