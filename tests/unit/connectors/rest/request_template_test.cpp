#include "connectors/rest/request_template.hpp"

#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::connectors::rest {
namespace {

using connectors_test::event_of;
using connectors_test::log_of_events;
using connectors_test::now;
using nlohmann::json;
using testing::HasSubstr;

model::compiled_projection crm() {
  v1::Projection projection;
  projection.set_kind(v1::CRM);
  return *model::compile_projection(projection);
}

base::result<rendered> made_of(const v1::CanonicalEvent& event, const std::string& url, const std::string& body,
                               body_form form = body_form::json) {
  auto made = request_template::of(url, body, form, crm());
  if (!made)
    return made.err();
  log_of_events log;
  return made->make(log.add(event), now);
}

v1::CanonicalEvent risky(const std::string& ticket) {
  auto event = event_of(ticket, 1);
  event.mutable_churn_risk()->set_label("high");
  event.mutable_churn_risk()->set_score(0.75);
  return event;
}

std::string why_not(const std::string& url, const std::string& body = "") {
  const auto made = request_template::of(url, body, body_form::json, crm());
  return made ? std::string() : made.err().message;
}

TEST(RequestTemplate, PutsFieldsIntoUrlAndBody) {
  const auto made = made_of(risky("INC1"), "https://crm.example/tickets/{{ticket_id}}?v={{version}}",
                            R"({"risk": "{{churn_risk.label}}", "score": {{{json.churn_risk.score}}}})");
  ASSERT_TRUE(made) << made.err().message;
  EXPECT_EQ(made->url, "https://crm.example/tickets/INC1?v=1");
  EXPECT_EQ(json::parse(made->body), json::parse(R"({"risk": "high", "score": 0.75})"));
}

TEST(RequestTemplate, AbsentFieldsAreNullAsJsonAndEmptyAsText) {
  const auto made =
      made_of(event_of("INC1", 1), "https://crm.example/",
              R"({"risk": {{{json.churn_risk.label}}}, "driver": "{{driver}}", "tag": {{{json.canonical_tag}}}})");
  ASSERT_TRUE(made) << made.err().message;
  EXPECT_EQ(json::parse(made->body), json::parse(R"({"risk": null, "driver": "", "tag": null})"));
}

TEST(RequestTemplate, SectionsStandOnlyWhereTheFieldIs) {
  const std::string body = R"({"a": 1{{#driver}}, "driver": "{{driver}}"{{/driver}}})";
  EXPECT_EQ(json::parse(made_of(event_of("T", 1), "https://crm.example/", body)->body), json::parse(R"({"a": 1})"));
  auto event = event_of("T", 1);
  event.set_driver("billing");
  EXPECT_EQ(json::parse(made_of(event, "https://crm.example/", body)->body),
            json::parse(R"({"a": 1, "driver": "billing"})"));
}

TEST(RequestTemplate, TheWholeEventIsTheProjectedJson) {
  const auto made = made_of(risky("INC1"), "https://crm.example/", "{{{event}}}");
  ASSERT_TRUE(made);
  const auto body = json::parse(made->body);
  EXPECT_EQ(body["churn_risk"]["score"], 0.75);
  EXPECT_EQ(body["ticket_id"], "INC1");
}

TEST(RequestTemplate, NoValueLeavesItsPlace) {
  const auto url = [](const std::string& ticket) {
    return made_of(event_of(ticket, 1), "https://crm.example/t/{{ticket_id}}/x", "")->url;
  };
  EXPECT_EQ(url("../admin"), "https://crm.example/t/..%2Fadmin/x");
  EXPECT_EQ(url(".."), "https://crm.example/t/%2E%2E/x");
  EXPECT_EQ(url("a?b=c#d e%\r\n"), "https://crm.example/t/a%3Fb%3Dc%23d%20e%25%0D%0A/x");
  auto event = event_of("T", 1);
  event.set_driver("\", \"admin\": true, \"x\": \"\n\\");
  const auto body = made_of(event, "https://crm.example/", R"({"driver": "{{driver}}"})");
  ASSERT_TRUE(body) << body.err().message;
  EXPECT_EQ(json::parse(body->body), (json{{"driver", event.driver()}}));
  const auto form = made_of(event, "https://crm.example/", "driver={{driver}}&a=1", body_form::form);
  EXPECT_EQ(form->body, "driver=%22%2C%20%22admin%22%3A%20true%2C%20%22x%22%3A%20%22%0A%5C&a=1");
  event.set_driver("<b>&");
  EXPECT_EQ(made_of(event, "https://crm.example/", "<d>{{driver}}</d>", body_form::xml)->body, "<d>&lt;b&gt;&amp;</d>");
}

TEST(RequestTemplate, WhomTheRequestGoesToIsTheConfigurations) {
  EXPECT_THAT(why_not("https://{{account_id}}.example/"), HasSubstr("scheme and host"));
  EXPECT_THAT(why_not("https://crm.example:{{version}}/"), HasSubstr("scheme and host"));
  EXPECT_THAT(why_not("{{evidence_url}}"), HasSubstr("scheme and host"));
  EXPECT_THAT(why_not("https://crm.example/{{{ticket_id}}}"), HasSubstr("always escaped"));
  EXPECT_THAT(why_not("https://crm.example/{{&ticket_id}}"), HasSubstr("always escaped"));
  EXPECT_THAT(why_not("https://crm.example/{{=<% %>=}}<%&ticket_id%>"), HasSubstr("brackets"));
  EXPECT_THAT(why_not("https://crm.example/", "{{> other}}"), HasSubstr("partial"));
  EXPECT_THAT(why_not("https://crm.example/", "{{#open}}"), HasSubstr("body is no template"));
  EXPECT_EQ(why_not("https://crm.example/{{ticket_id}}"), "");
}

TEST(RequestTemplate, ABodyThatIsNotJsonIsNotSent) {
  const auto made = made_of(event_of("T", 1), "https://crm.example/", R"({"score": {{churn_risk.score}}})");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.err().code, base::error_code::invalid_argument);
  EXPECT_THAT(made.err().message, HasSubstr("not JSON at byte"));
  ports::delivery broken;
  broken.event = "\xff";
  EXPECT_EQ(request_template::of("https://crm.example/", "", body_form::json, crm())->make(broken, now).err().code,
            base::error_code::malformed);
}

} // namespace
} // namespace cxstream::connectors::rest
