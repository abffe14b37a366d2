#include "config/load_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// "before" and "event" of an example, in YAML's flow form; what the rules say.
std::vector<std::string> said(const std::string& rules, const std::string& before, const std::string& event) {
  const auto document =
      parse_rules("rules: " + rules + "\nexamples: [{" + (before.empty() ? "" : "before: " + before + ", ") +
                      "event: " + event + ", expect: {}}]",
                  "rules.yaml");
  EXPECT_TRUE(document) << document.err().message;
  std::vector<std::string> out;
  for (const auto& s : signals_of(document->rules, document->examples.at(0).step))
    out.push_back(s.rule + " " + std::string(name_of(s.action)));
  return out;
}

std::string problem(const std::string& text) {
  const auto document = parse_rules(text, "rules.yaml");
  return document ? "" : document.err().message;
}

const std::string churn = "[{name: r, when: {churn_risk: {at_least: high}}, until: {churn_risk: {at_most: medium}}}]";
using strings = std::vector<std::string>;

TEST(Rules, TriggerWhenTheTicketBecomesSoAndNotWhileItStaysSo) {
  EXPECT_EQ(said(churn, "{churn_risk: low}", "{churn_risk: high}"), strings{"r trigger"});
  EXPECT_EQ(said(churn, "{churn_risk: high}", "{churn_risk: very_high}"), strings{});
  EXPECT_EQ(said(churn, "{churn_risk: high}", "{status: open}"), strings{});
  EXPECT_EQ(said(churn, "", "{churn_risk: high}"), strings{"r trigger"});
  EXPECT_EQ(said(churn, "", "{status: open}"), strings{});
}

TEST(Rules, ResolveWhatMayHaveTriggeredAndNothingElse) {
  EXPECT_EQ(said(churn, "{churn_risk: very_high}", "{churn_risk: medium}"), strings{"r resolve"});
  EXPECT_EQ(said(churn, "", "{churn_risk: low}"), strings{});
  EXPECT_EQ(said(churn, "{churn_risk: medium}", "{churn_risk: low}"), strings{});
}

TEST(Rules, KnowWorseFromBetterInTheOrderOfTheField) {
  const std::string worse = "[{name: r, when: {sentiment: {worsened: true}}}]";
  EXPECT_EQ(said(worse, "{sentiment: neutral}", "{sentiment: negative}"), strings{"r trigger"});
  EXPECT_EQ(said(worse, "{sentiment: negative}", "{sentiment: neutral}"), strings{});
  EXPECT_EQ(said(worse, "{sentiment: mixed}", "{sentiment: negative}"), strings{}) << "mixed has no place in the order";
  EXPECT_EQ(said(worse, "", "{sentiment: negative}"), strings{}) << "nothing it could be worse than";
  const std::string effort = "[{name: r, when: {effort: {worsened: true}}}]";
  EXPECT_EQ(said(effort, "{effort: low}", "{effort: high}"), strings{"r trigger"});
  EXPECT_EQ(said("[{name: r, when: {sentiment.score: {worsened: true}}}]", "{sentiment.score: 0.5}",
                 "{sentiment.score: -0.25}"),
            strings{"r trigger"});
}

TEST(Rules, HoldWhereAllConditionsHold) {
  const std::string both = "[{name: r, when: {churn_risk: {at_least: high}, sentiment: {worsened: true}}}]";
  EXPECT_EQ(said(both, "{churn_risk: high, sentiment: neutral}", "{sentiment: negative}"), strings{"r trigger"});
  EXPECT_EQ(said(both, "{churn_risk: low, sentiment: neutral}", "{sentiment: negative}"), strings{});
  EXPECT_EQ(said(both, "{churn_risk: low, sentiment: neutral}", "{churn_risk: high}"), strings{});
}

TEST(Rules, TestWhatTheEventSaysWordsNumbersAndWhatWas) {
  EXPECT_EQ(said("[{name: r, when: {event_type: ticket.*}}]", "{status: open}", "{event_type: ticket.updated}"),
            strings{"r trigger"});
  EXPECT_EQ(said("[{name: r, when: {event_type: ticket.*}}]", "{status: open}", "{event_type: call.ended}"), strings{});
  EXPECT_EQ(said("[{name: r, when: {custom_metrics.wait_s: {at_least: 60}}}]", "{custom_metrics.wait_s: 59}",
                 "{custom_metrics.wait_s: 60}"),
            strings{"r trigger"});
  EXPECT_EQ(said("[{name: r, when: {status: {was: pending, is_not: [solved, closed]}}}]", "{status: pending}",
                 "{status: open}"),
            strings{"r trigger"});
  EXPECT_EQ(said("[{name: r, when: {driver: {changed: true}}}]", "{driver: billing}", "{driver: login}"),
            strings{"r trigger"});
}

TEST(Rules, ChangeNothingByAnEventThatIsOlder) {
  v1::CanonicalEvent newer;
  newer.mutable_churn_risk()->set_label("low");
  newer.mutable_occurred_at()->set_seconds(200);
  auto late = newer;
  late.mutable_churn_risk()->set_label("high");
  late.mutable_occurred_at()->set_seconds(100);
  const auto rules = parse_rules("rules: " + churn, "r")->rules;
  const auto now = model::step_of({}, newer).after;
  EXPECT_TRUE(signals_of(rules, model::step_of(now, late)).empty());
}

TEST(Rules, NameEveryMistakeWithItsLine) {
  EXPECT_THAT(
      problem("rules:\n- name: a\n  when: {churn_risk: hgh}\n- name: a\n  when: {nonsense: x}\n  until: {status: x}\n"),
      AllOf(HasSubstr("rules.yaml:3"), HasSubstr("\"hgh\" is no value of \"churn_risk\""), HasSubstr("rules.yaml:4"),
            HasSubstr("is taken by another rule"), HasSubstr("there is no field \"nonsense\"")));
  EXPECT_THAT(problem("rules: [{name: a, when: {status: {at_least: open}}}]"), HasSubstr("has no order"));
  EXPECT_THAT(problem("rules: [{name: a, when: {sentiment: {at_least: mixed}}}]"), HasSubstr("no place in the order"));
  EXPECT_THAT(problem("rules: [{name: a, when: {event_type: {changed: true}}}]"), HasSubstr("cannot change"));
  EXPECT_THAT(problem("rules: [{name: a, when: {status: open}, severity: loud}]"), HasSubstr("severity"));
  EXPECT_THAT(problem("rules: [{name: a}]"), HasSubstr("has no conditions"));
  EXPECT_THAT(problem("rules: [{name: a, when: {event_type: x}, until: {status: solved}}]"),
              HasSubstr("means nothing"));
  EXPECT_THAT(problem("{}"), HasSubstr("must be a list"));
}

TEST(Rules, OfTheExampleFileDoAsItsExamplesSay) {
  const auto document = load_rules(CXSTREAM_SOURCE_DIR "/examples/rules.yaml");
  ASSERT_TRUE(document) << document.err().message;
  EXPECT_GE(document->examples.size(), 5u);
  for (const auto& example : document->examples)
    EXPECT_EQ(signals_of(document->rules, example.step), example.expected) << example.name;
}

} // namespace
} // namespace cxstream::config
