#include "connectors/ops/ops_target.hpp"

#include "../deliveries.hpp"
#include "config/load_rules.hpp"
#include "model/ticket_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto delivered = delivery_result::delivered;
constexpr auto deferred = delivery_result::deferred;
constexpr auto skipped = delivery_result::skipped;
constexpr auto throttled = delivery_result::throttled;
constexpr auto transient = delivery_result::transient;
constexpr auto unreachable = delivery_result::unreachable;

// Remembers what was said, and fails as it is told to.
struct scripted_channel final : ops_channel {
  ports::delivery_outcome say(const ops_message& message, base::timestamp) override {
    if (!outcomes.empty()) {
      auto next = outcomes.front();
      outcomes.pop_front();
      if (next.result != delivered)
        return next;
    }
    said.push_back(message);
    return {};
  }
  void close() override {
  }
  std::deque<ports::delivery_outcome> outcomes;
  std::vector<ops_message> said;
};

struct noted_messages final : ports::message_meter {
  void told(std::string_view, std::uint64_t events) override {
    messages.push_back(events);
  }
  void held(std::string_view, std::uint64_t events) override {
    waited += events;
  }
  std::vector<std::uint64_t> messages;
  std::uint64_t waited = 0;
};

// The tickets' pasts, folded from what the test delivered.
struct remembered_past final : ports::ticket_past {
  base::result<v1::TicketState> before(const std::string& ticket, base::ticket_sequence sequence) override {
    if (!readable)
      return base::error{base::error_code::timeout, "the node did not answer in time"};
    v1::TicketState out;
    for (const auto& e : events[ticket])
      if (e.pipeline().ticket_sequence() < sequence.value) {
        model::fold_fields(out, e, model::revision_of(e, base::log_offset{e.pipeline().offset()}));
        out.set_ticket_sequence(e.pipeline().ticket_sequence());
      }
    return out;
  }
  bool readable = true;
  std::map<std::string, std::vector<v1::CanonicalEvent>> events;
};

class OpsTarget : public testing::Test {
protected:
  void start(const std::string& rules, std::chrono::milliseconds window = 0ms, std::chrono::milliseconds pace = 0ms) {
    ops_settings settings;
    settings.sink = "alerts";
    if (!rules.empty())
      settings.rules = config::parse_rules("rules: " + rules, "rules.yaml")->rules;
    settings.burst.window = window;
    settings.pace = pace;
    ops_templates templates{
        *message_template::of(
            "{{action}} {{rule}} x{{count}}:{{#tickets}} {{ticket_id}}{{/tickets}}{{#more}} +{{more}}{{/more}}",
            escaping::none),
        *message_template::of("{{rule}}/{{driver}}", escaping::none),
        {},
        {}};
    templates.messages_of_rules.resize(settings.rules.size());
    templates.troubles_of_rules.resize(settings.rules.size());
    auto own = std::make_unique<scripted_channel>();
    channel = own.get();
    target = std::make_unique<ops_target>(std::move(settings), std::move(templates),
                                          surroundings{past, {}, nullptr, nullptr, &meter}, std::move(own));
  }
  ports::delivery event(const std::string& ticket, const std::string& risk, const std::string& driver = "billing") {
    auto e = connectors_test::event_of(ticket, ++number);
    if (!risk.empty())
      e.mutable_churn_risk()->set_label(risk);
    e.set_driver(driver);
    auto d = log.add(e);
    e.ParseFromString(d.event);
    past->events[ticket].push_back(e);
    return d;
  }
  std::vector<std::string> said() const {
    std::vector<std::string> out;
    for (const auto& m : channel->said)
      out.push_back(m.text);
    return out;
  }

  log_of_events log;
  std::uint64_t number = 0;
  std::shared_ptr<remembered_past> past = std::make_shared<remembered_past>();
  noted_messages meter;
  scripted_channel* channel = nullptr;
  std::unique_ptr<ops_target> target;
};

const std::string churn =
    "[{name: churn, when: {churn_risk: {at_least: high}}, until: {churn_risk: {at_most: medium}}}]";

TEST_F(OpsTarget, TellsEveryEventWhereThereAreNoRules) {
  start("");
  EXPECT_THAT(results(target->deliver(std::vector{event("T1", ""), event("T2", "", "login")}, now)),
              ElementsAre(delivered, delivered));
  EXPECT_THAT(said(), ElementsAre("trigger alerts x1: T1", "trigger alerts x1: T2"));
}

TEST_F(OpsTarget, TellsWhatTheRulesSayAndNothingElse) {
  start(churn);
  const std::vector events{event("T1", "low"), event("T1", "high"), event("T1", "very_high"), event("T1", "low")};
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered, delivered, delivered, delivered));
  EXPECT_THAT(said(), ElementsAre("trigger churn x1: T1", "resolve churn x1: T1"));
  EXPECT_EQ(channel->said[0].trouble, "churn/billing");
}

TEST_F(OpsTarget, SaysABurstInOneMessageAndKeepsItsEventsUntilThen) {
  start(churn, 30s);
  EXPECT_THAT(results(target->deliver(std::vector{event("T1", "high")}, now)), ElementsAre(delivered));
  std::vector<ports::delivery> burst;
  for (int i = 2; i < 40; ++i)
    burst.push_back(event("T" + std::to_string(i), "high"));
  const auto held = target->deliver(burst, now + 1s);
  for (const auto& each : held) {
    EXPECT_EQ(each.result, deferred);
    EXPECT_EQ(each.retry_after, 29s);
  }
  EXPECT_THAT(results(target->deliver(std::vector{event("T99", "high", "login")}, now + 2s)), ElementsAre(delivered))
      << "another trouble is not held";
  const auto told = target->deliver(burst, now + 30s);
  EXPECT_TRUE(connectors_test::all_delivered(told));
  EXPECT_THAT(said(), ElementsAre("trigger churn x1: T1", "trigger churn x1: T99",
                                  "trigger churn x38: T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 +28"));
  EXPECT_THAT(meter.messages, ElementsAre(1, 1, 38)) << "every event is in one";
  EXPECT_EQ(meter.waited, 38u);
}

TEST_F(OpsTarget, KeepsBeginningAndEndOfATroubleInOrder) {
  start(churn);
  const std::vector events{event("T1", "high"), event("T2", "high"), event("T1", "low"), event("T1", "high")};
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered, delivered, delivered, delivered));
  EXPECT_THAT(said(), ElementsAre("trigger churn x2: T1 T2", "resolve churn x1: T1", "trigger churn x1: T1"));
}

TEST_F(OpsTarget, HoldsTheLaterEventsOfATicketBehindOneThatWasNotTold) {
  start(churn);
  channel->outcomes = {{transient, "HTTP 500", {}}};
  const std::vector events{event("T1", "high"), event("T1", ""), event("T2", "low"), event("T1", "low")};
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(transient, skipped, delivered, skipped));
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered, delivered, delivered, delivered));
  EXPECT_THAT(said(), ElementsAre("trigger churn x1: T1", "resolve churn x1: T1"));
}

TEST_F(OpsTarget, DoesNotRepeatWhatWasSaidWhenAnotherMessageAboutTheEventFailed) {
  start("[{name: a, when: {churn_risk: high}}, {name: b, when: {driver: billing}}]");
  channel->outcomes = {{}, {transient, "HTTP 500", {}}};
  const std::vector events{event("T1", "high")};
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(transient));
  EXPECT_THAT(results(target->deliver(events, now)), ElementsAre(delivered));
  EXPECT_THAT(said(), ElementsAre("trigger a x1: T1", "trigger b x1: T1"));
}

TEST_F(OpsTarget, StopsWhenTheTargetIsAwayOrWantsAPause) {
  start("");
  channel->outcomes = {{}, {throttled, "HTTP 429", 5s}};
  const std::vector events{event("T1", "", "a"), event("T2", "", "b"), event("T3", "", "c")};
  const auto outcomes = target->deliver(events, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivered, throttled, throttled));
  EXPECT_EQ(outcomes[2].retry_after, 5s);
}

TEST_F(OpsTarget, SpeaksNoFasterThanItMay) {
  start("", 0ms, 1s);
  const std::vector events{event("T1", "", "a"), event("T2", "", "b")};
  const auto outcomes = target->deliver(events, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivered, throttled));
  EXPECT_EQ(outcomes[1].retry_after, 1s);
  EXPECT_THAT(results(target->deliver(std::vector{events[1]}, now + 1s)), ElementsAre(delivered));
}

TEST_F(OpsTarget, WaitsWhenTheTicketsPastCannotBeRead) {
  start(churn);
  past->readable = false;
  const std::vector events{event("T1", "high"), event("T2", "high")};
  const auto outcomes = target->deliver(events, now);
  EXPECT_THAT(results(outcomes), ElementsAre(unreachable, unreachable));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("past"));
}

TEST_F(OpsTarget, CallsBytesThatAreNoEventUnfit) {
  start("");
  auto broken = event("T1", "");
  broken.event = "\xff";
  EXPECT_THAT(results(target->deliver(std::vector{broken, event("T2", "")}, now)),
              ElementsAre(delivery_result::unfit, delivered));
}

} // namespace
} // namespace cxstream::connectors
