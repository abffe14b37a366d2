#include "connectors/factory.hpp"

#include "../deliveries.hpp"
#include "connectors/opsgenie/opsgenie_channel.hpp"
#include "support/vendors/opsgenie_stand_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::log_of_events;
using connectors_test::now;
using ports::delivery_result;
using support::said;
using testing::HasSubstr;
using testing::Not;

class OpsgenieTarget : public testing::Test {
protected:
  void SetUp() override {
    config::sink_config sink;
    sink.name = "genie";
    sink.kind = "opsgenie";
    sink.settings = {{"url", genie.url()},
                     {"api_key", genie.api_key},
                     {"responders", "support, on-call"},
                     {"allow_private", "true"},
                     {"timeout", "500ms"}};
    target = *make_target(sink);
  }
  ports::delivery_outcome deliver() {
    auto e = connectors_test::event_of("T1", ++number);
    e.set_evidence_url("https://desk.example/T1");
    return target->deliver(std::vector{log.add(e)}, now).at(0);
  }

  support::opsgenie_stand_in genie;
  log_of_events log;
  std::uint64_t number = 0;
  std::unique_ptr<ports::target> target;
};

TEST_F(OpsgenieTarget, MakesAnAlertAndCountsARepeatOfItsTrouble) {
  EXPECT_EQ(deliver().result, delivery_result::delivered);
  EXPECT_EQ(deliver().result, delivery_result::delivered);
  const auto& alert = genie.alerts().at("cx:genie T1");
  EXPECT_EQ(alert.count, 2);
  EXPECT_EQ(alert.body["priority"], "P3");
  EXPECT_EQ(alert.body["responders"][1]["name"], "on-call");
  EXPECT_THAT(alert.body["description"].get<std::string>(), HasSubstr("https://desk.example/T1"));
}

TEST_F(OpsgenieTarget, ClosesItByItsAlias) {
  EXPECT_EQ(deliver().result, delivery_result::delivered);
  ops_message over;
  over.action = model::rule_action::resolve;
  over.trouble = "genie T1";
  opsgenie_settings settings;
  settings.url = genie.url();
  settings.api_key = *security::secret::of(genie.api_key);
  settings.http.guard = *address_guard::of("true");
  EXPECT_EQ(opsgenie_channel(settings).say(over, now).result, delivery_result::delivered);
  EXPECT_FALSE(genie.alerts().at("cx:genie T1").open);
}

TEST_F(OpsgenieTarget, UnderstandsWhatOpsgenieAnswers) {
  const auto outcome = [&](support::scripted_reply reply) {
    genie.server().next(std::move(reply));
    return deliver();
  };
  EXPECT_EQ(outcome(said(422, "{}")).result, delivery_result::permanent);
  EXPECT_EQ(outcome(genie.throttled()).result, delivery_result::throttled);
  EXPECT_EQ(outcome(said(503)).result, delivery_result::transient);
  EXPECT_EQ(outcome(said(403, "{}")).result, delivery_result::unreachable)
      << "a key without rights says nothing about the event";
  const auto refused = outcome(said(401, std::string("no: ") + genie.api_key));
  EXPECT_EQ(refused.result, delivery_result::unreachable);
  EXPECT_THAT(refused.reason + refused.exchange, Not(HasSubstr(genie.api_key)));
}

} // namespace
} // namespace cxstream::connectors
