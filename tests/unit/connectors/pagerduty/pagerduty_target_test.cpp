#include "connectors/factory.hpp"

#include "../deliveries.hpp"
#include "connectors/ops/trouble_key.hpp"
#include "support/scratch_dir.hpp"
#include "support/vendors/pagerduty_stand_in.hpp"

#include <fstream>
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

constexpr auto delivered = delivery_result::delivered;

// A ticket whose risk was always high; so that its end can be told.
struct risky_past final : ports::ticket_past {
  base::result<v1::TicketState> before(const std::string&, base::ticket_sequence sequence) override {
    v1::TicketState out;
    if (sequence.value > 1)
      out.mutable_churn_risk()->mutable_value()->set_label("high");
    out.set_ticket_sequence(sequence.value - 1);
    return out;
  }
};

class PagerdutyTarget : public testing::Test {
protected:
  void SetUp() override {
    std::ofstream(dir.path("rules.yaml")) << "rules: [{name: churn, severity: critical, when: {churn_risk: high}, "
                                             "until: {churn_risk: low}}]";
    config::sink_config sink;
    sink.name = "pager";
    sink.kind = "pagerduty";
    sink.settings = {{"url", pager.url()},
                     {"routing_key", pager.routing_key},
                     {"rules_file", dir.path("rules.yaml")},
                     {"allow_private", "true"},
                     {"timeout", "500ms"}};
    auto made = make_target(sink, {std::make_shared<risky_past>(), {}});
    ASSERT_TRUE(made) << made.err().message;
    target = *std::move(made);
  }
  ports::delivery event(const std::string& ticket, const std::string& risk) {
    auto e = connectors_test::event_of(ticket, ++number);
    e.mutable_churn_risk()->set_label(risk);
    e.set_evidence_url("https://desk.example/" + ticket);
    return log.add(e);
  }

  support::scratch_dir dir;
  support::pagerduty_stand_in pager;
  log_of_events log;
  std::uint64_t number = 0;
  std::unique_ptr<ports::target> target;
};

TEST_F(PagerdutyTarget, OpensAnAlertAndResolvesTheSame) {
  const auto begins = event("T1", "high");
  const auto ends = event("T1", "low");
  EXPECT_THAT(results(target->deliver(std::vector{begins}, now)), ElementsAre(delivered));
  ASSERT_EQ(pager.alerts().size(), 1u);
  const auto& alert = pager.alerts().at("cx:churn T1");
  EXPECT_TRUE(alert.open);
  EXPECT_EQ(alert.severity, "critical");
  EXPECT_THAT(alert.links, ElementsAre("https://desk.example/T1"));
  EXPECT_THAT(results(target->deliver(std::vector{ends}, now)), ElementsAre(delivered));
  EXPECT_FALSE(alert.open);
}

TEST_F(PagerdutyTarget, MakesOneAlertOfARepeat) {
  const std::vector events{event("T1", "high")};
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered));
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered)) << "as after a crash";
  EXPECT_EQ(pager.alerts_made(), 1);
  EXPECT_EQ(pager.alerts().at("cx:churn T1").triggers, 2);
}

TEST_F(PagerdutyTarget, UnderstandsWhatPagerdutyAnswers) {
  const auto outcome = [&](support::scripted_reply reply) {
    pager.server().next(std::move(reply));
    return target->deliver(std::vector{event("T" + std::to_string(number), "high")}, now).at(0);
  };
  EXPECT_EQ(outcome(said(400, R"({"status":"invalid event"})")).result, delivery_result::permanent);
  EXPECT_EQ(outcome(said(400, R"({"status":"invalid event","message":"Invalid routing key"})")).result,
            delivery_result::unreachable)
      << "a key that counts no more says nothing about the event";
  EXPECT_EQ(outcome(said(429)).result, delivery_result::throttled);
  EXPECT_EQ(outcome(said(403)).result, delivery_result::throttled);
  EXPECT_EQ(outcome(said(500)).result, delivery_result::transient);
  EXPECT_EQ(outcome(said(503).with("Retry-After", "3")).retry_after, 3s);
  EXPECT_EQ(outcome({202, {}, "{}", 0ms, 0ms, support::reply_ending::half_body}).result, delivery_result::transient);
}

TEST_F(PagerdutyTarget, HidesItsRoutingKeyInWhatItShows) {
  pager.server().next(said(400, std::string("wrong: ") + pager.routing_key));
  const auto outcome = target->deliver(std::vector{event("T1", "high")}, now).at(0);
  EXPECT_THAT(outcome.reason + outcome.exchange, Not(HasSubstr(pager.routing_key)));
  EXPECT_THAT(outcome.exchange, HasSubstr("\"event_action\":\"trigger\""));
}

TEST(TroubleKey, IsBoundedAndDifferentForDifferentTroubles) {
  EXPECT_EQ(trouble_key("churn T1", 255), "cx:churn T1");
  const auto one = trouble_key(std::string(400, 'x') + "1", 255);
  const auto two = trouble_key(std::string(400, 'x') + "2", 255);
  EXPECT_LE(one.size(), 255u);
  EXPECT_NE(one, two);
  EXPECT_EQ(one, trouble_key(std::string(400, 'x') + "1", 255));
}

} // namespace
} // namespace cxstream::connectors
