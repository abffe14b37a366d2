#include "connectors/factory.hpp"

#include "config/sink_kinds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using testing::HasSubstr;

config::sink_config sink(std::string kind, std::map<std::string, std::string> settings) {
  config::sink_config out;
  out.name = "s1";
  out.kind = std::move(kind);
  out.settings = std::move(settings);
  return out;
}

std::string problem(const config::sink_config& s) {
  const auto traits = traits_of(s);
  const auto target = make_target(s);
  EXPECT_EQ(static_cast<bool>(traits), static_cast<bool>(target));
  if (traits)
    return {};
  EXPECT_EQ(traits.err().code, base::error_code::invalid_argument);
  return traits.err().message;
}

TEST(ConnectorFactory, MakesATargetOfEveryKind) {
  EXPECT_EQ(problem(sink("sqlite", {{"path", "w.db"}})), "");
  EXPECT_EQ(problem(sink("file", {{"path", "out"}, {"rotate_bytes", "64MiB"}})), "");
  EXPECT_EQ(
      problem(sink("webhook", {{"url", "http://127.0.0.1:1/hook"}, {"timeout", "2s"}, {"secret", "whsec_c2VjcmV0"}})),
      "");
  EXPECT_EQ(problem(sink("slack", {{"url", "file:/run/secrets/slack"}})), "");
  EXPECT_EQ(problem(sink("pagerduty", {{"routing_key", "0123456789abcdef0123456789abcdef"}})), "");
  EXPECT_EQ(problem(sink("opsgenie", {{"api_key", "env:OPSGENIE_KEY"},
                                      {"rules_file", CXSTREAM_SOURCE_DIR "/examples/rules.yaml"}})),
            "");
}

TEST(ConnectorFactory, RefusesTemplatesAndRulesThatAreWrong) {
  EXPECT_THAT(problem(sink("slack", {{"url", "env:U"}, {"message", "{{tiket_id}}"}})), HasSubstr("\"tiket_id\""));
  EXPECT_THAT(problem(sink("slack", {{"url", "env:U"}, {"message", "{{{ticket_id}}}"}})), HasSubstr("not known here"));
  EXPECT_THAT(problem(sink("slack", {{"url", "env:U"}, {"group_by", "{{#burst}}"}})), HasSubstr("group_by"));
  EXPECT_THAT(problem(sink("slack", {{"url", "env:U"}, {"rules_file", "/no/such/file"}})), HasSubstr("/no/such/file"));
  EXPECT_THAT(problem(sink("pagerduty", {{"routing_key", "short"}})), HasSubstr("32 characters"));
}

TEST(ConnectorFactory, ReadsTheSettingsOfBuses) {
  const auto nats = [](std::map<std::string, std::string> more) {
    more.emplace("servers", "nats://h:4222");
    return problem(sink("nats", std::move(more)));
  };
  const auto kafka = [](std::map<std::string, std::string> more) {
    more.emplace("brokers", "h:9092");
    more.emplace("topic", "t");
    return problem(sink("kafka", std::move(more)));
  };
  EXPECT_EQ(nats({{"subject", "a.{ticket}"}, {"user", "u"}, {"password", "p"}, {"envelope", "cloudevents"}}), "");
  EXPECT_THAT(nats({{"subject", "a.{colour}"}}), HasSubstr("{colour}"));
  EXPECT_THAT(nats({{"password", "p"}}), HasSubstr("needs a user"));
  EXPECT_THAT(nats({{"nkey", "U"}}), HasSubstr("go together"));
  EXPECT_THAT(nats({{"dataschema", "x:y"}}), HasSubstr("envelope: cloudevents"));
  EXPECT_THAT(nats({{"envelope", "letter"}}), HasSubstr("plain"));
  EXPECT_EQ(kafka({{"security_protocol", "sasl_ssl"}, {"sasl_mechanism", "PLAIN"}, {"user", "u"}}), "");
  EXPECT_THAT(kafka({{"sasl_mechanism", "PLAIN"}}), HasSubstr("goes with security_protocol"));
  EXPECT_THAT(kafka({{"transactional_id", "x"}, {"concurrency", "2"}}), HasSubstr("one producer"));
  EXPECT_EQ(traits_of(sink("kafka", {{"brokers", "h:1"}, {"topic", "t"}, {"transactional_id", "x"}}))->concurrency, 1u);
  EXPECT_THAT(problem(sink("nats", {})), HasSubstr("servers"));
  EXPECT_THAT(problem(sink("kafka", {{"brokers", "h:1"}})), HasSubstr("topic"));
}

TEST(ConnectorFactory, SaysWhatEachKindCanDo) {
  const auto sqlite = traits_of(sink("sqlite", {{"path", "w.db"}}));
  EXPECT_EQ(sqlite->batch_events_max, 8'000u);
  EXPECT_TRUE(sqlite->guards_regress);
  EXPECT_TRUE(sqlite->keeps_position);
  const auto file = traits_of(sink("file", {{"path", "out"}}));
  EXPECT_EQ(file->batch_events_max, 4'000u);
  EXPECT_EQ(file->concurrency, 1u);
  EXPECT_TRUE(file->keeps_position);
  const auto webhook =
      traits_of(sink("webhook", {{"url", "https://x.example/h"}, {"concurrency", "3"}, {"batch_events", "50"}}));
  EXPECT_EQ(webhook->batch_events_max, 50u);
  EXPECT_EQ(webhook->concurrency, 3u);
  EXPECT_FALSE(webhook->keeps_position);
}

TEST(ConnectorFactory, NamesTheUnknownKindAndTheKnownOnes) {
  EXPECT_EQ(problem(sink("pigeon", {})),
            "sink \"s1\": there is no kind \"pigeon\"; known are: " + config::names_of_sink_kinds());
}

TEST(ConnectorFactory, NamesTheUnknownSettingItsLineAndTheKnownOnes) {
  auto s = sink("file", {{"path", "out"}, {"rotat_bytes", "1MiB"}});
  s.setting_lines["rotat_bytes"] = 42;
  EXPECT_EQ(problem(s), "sink \"s1\", line 42: setting \"rotat_bytes\" is not a setting of kind file; known are: path, "
                        "rotate_bytes, envelope, dataschema");
}

TEST(ConnectorFactory, RefusesValuesThatAreMissingOrOutOfRange) {
  EXPECT_THAT(problem(sink("sqlite", {})), HasSubstr("\"path\" is missing"));
  EXPECT_THAT(problem(sink("sqlite", {{"path", "x"}, {"synchronous", "off"}})), HasSubstr("normal, full"));
  EXPECT_THAT(problem(sink("sqlite", {{"path", "x"}, {"busy_timeout", "5"}})), HasSubstr("such as \"250ms\""));
  EXPECT_THAT(problem(sink("sqlite", {{"path", "x"}, {"busy_timeout", "99999999999999999999h"}})),
              HasSubstr("duration"));
  EXPECT_THAT(problem(sink("file", {{"path", "x"}, {"rotate_bytes", "1 parsec"}})), HasSubstr("size"));
  EXPECT_THAT(problem(sink("file", {{"path", "x"}, {"rotate_bytes", "18446744073709551615GiB"}})), HasSubstr("size"));
  EXPECT_THAT(problem(sink("webhook", {{"url", "ftp://x.example"}})), HasSubstr("not an http or https URL"));
  EXPECT_THAT(problem(sink("webhook", {{"url", "http://x.example"}, {"batch_events", "0"}})),
              HasSubstr("from 1 to 1000"));
  EXPECT_THAT(problem(sink("webhook", {{"url", "http://x.example"}, {"secret", "hunter2"}})), HasSubstr("whsec_"));
  EXPECT_THAT(problem(sink("webhook", {{"url", "http://x.example"}, {"authorization", "a\r\nb: c"}})),
              HasSubstr("one line"));
}

TEST(ConnectorFactory, DoesNotRepeatASecretInItsMessage) {
  EXPECT_THAT(problem(sink("webhook", {{"url", "http://x.example"}, {"secret", "hunter2"}})),
              Not(HasSubstr("hunter2")));
}

TEST(ConnectorFactory, RefusesAProjectionThatTheKindCannotHonour) {
  auto s = sink("sqlite", {{"path", "w.db"}});
  s.projection.set_kind(v1::CRM);
  EXPECT_THAT(problem(s), HasSubstr("keeps every field"));
  auto f = sink("file", {{"path", "out"}});
  f.projection.set_kind(v1::CUSTOM);
  f.projection.add_fields()->set_source("no_such_field");
  EXPECT_THAT(problem(f), HasSubstr("no_such_field"));
}

} // namespace
} // namespace cxstream::connectors
