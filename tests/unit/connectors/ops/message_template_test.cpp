#include "connectors/ops/message_template.hpp"

#include "model/revision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using testing::HasSubstr;

model::ticket_step churning() {
  v1::CanonicalEvent before;
  before.set_account_id("A&B <x>");
  before.set_driver("billing");
  before.mutable_sentiment()->set_label("neutral");
  before.mutable_pipeline()->set_ticket_sequence(1);
  v1::CanonicalEvent event;
  event.set_ticket_id("INC1");
  event.set_event_type("ticket.signal");
  event.mutable_sentiment()->set_label("negative");
  event.mutable_churn_risk()->set_label("high");
  event.mutable_churn_risk()->set_score(0.75);
  (*event.mutable_custom_metrics())["wait_s"] = 60;
  event.set_evidence_url("https://x.example/1?a=1&b=2");
  model::set_us(*event.mutable_occurred_at(), 1'767'323'045'000'000);
  return model::step_of(model::step_of({}, before).after, event);
}

std::string rendered(const std::string& text, const message_facts& about, escaping values = escaping::none,
                     std::size_t bytes_max = 1'000) {
  auto parsed = message_template::of(text, values);
  EXPECT_TRUE(parsed) << parsed.err().message;
  return parsed->render(about, bytes_max);
}

TEST(MessageTemplate, KnowsTheEventItsTicketAndWhatItWas) {
  EXPECT_EQ(rendered("{{ticket_id}} {{account_id}} {{was_sentiment}}→{{sentiment}} {{churn_risk}} {{churn_risk_score}} "
                     "{{metric_wait_s}} {{driver}} {{occurred_at}} {{evidence_url}}{{#priority}} never{{/priority}}",
                     {facts_of(churning()), {}}),
            "INC1 A&B <x> neutral→negative high 0.75 60 billing 2026-01-02T03:04:05Z https://x.example/1?a=1&b=2");
}

TEST(MessageTemplate, EscapesForSlackWhatCouldMentionEverybody) {
  auto about = message_facts{facts_of(churning()), {}};
  about.told["account_id"] = "<!channel> & co";
  EXPECT_EQ(rendered("*{{account_id}}* {{evidence_url}}", about, escaping::slack),
            "*&lt;!channel&gt; &amp; co* https://x.example/1?a=1&amp;b=2");
}

TEST(MessageTemplate, ListsTicketsAndDoesNotTakeForOneWhatIsAnothers) {
  message_facts about{facts_of(churning()), {}};
  about.told["count"] = "2";
  about.told["severity"] = "error";
  about.tickets = {about.told, {{"ticket_id", "INC2"}}};
  EXPECT_EQ(rendered("{{#burst}}{{count}}: {{/burst}}{{#tickets}}[{{ticket_id}}{{#driver}} {{driver}}{{/driver}} "
                     "{{severity}}]{{/tickets}}",
                     about),
            "2: [INC1 billing error][INC2 error]");
}

TEST(MessageTemplate, TellsTheEndFromTheBeginning) {
  message_facts about;
  about.told["action"] = "resolve";
  const std::string text = "{{#trigger}}begins{{/trigger}}{{#resolve}}ends{{/resolve}}";
  EXPECT_EQ(rendered(text, about), "ends");
  about.told["action"] = "trigger";
  EXPECT_EQ(rendered(text, about), "begins");
}

TEST(MessageTemplate, RefusesWhatItDoesNotKnow) {
  for (const auto* text :
       {"{{nonsense}}", "{{ticket_id", "{{#tickets}}", "{{/tickets}}", "{{>file}}", "{{{ticket_id}}}", "{{&ticket_id}}",
        "{{=<% %>=}}", "{{}}", "{{was_ticket_id}}", "{{metric_}}"})
    EXPECT_FALSE(message_template::of(text, escaping::none)) << text;
}

TEST(MessageTemplate, CutsBetweenCharacters) {
  message_facts about;
  for (int i = 0; i < 1'000; ++i)
    about.tickets.push_back({{"ticket_id", "ü"}});
  const auto text = rendered("{{#tickets}}{{ticket_id}}{{/tickets}}", about, escaping::none, 100);
  EXPECT_LE(text.size(), 100u);
  EXPECT_TRUE(text.ends_with("ü…"));
}

} // namespace
} // namespace cxstream::connectors
