#include "transport/http/cloud_event.hpp"

#include "transport/http/event_document.hpp"

#include "cxstream/v1/event.pb.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace cxstream::transport {
namespace {

const std::filesystem::path vectors =
    std::filesystem::path(CXSTREAM_SOURCE_DIR) / "../shared/data/conformance/cloudevents";

const ports::payload_refusal& refusal(const read_cloud_event& read) {
  return std::get<ports::payload_refusal>(read);
}

v1::CanonicalEvent event_of(const cloud_event& from) {
  v1::CanonicalEvent event;
  const auto made = canonical_event(from);
  const auto* refused = std::get_if<ports::payload_refusal>(&made);
  EXPECT_EQ(refused, nullptr) << refused->message;
  if (!refused) {
    EXPECT_TRUE(event.ParseFromString(std::get<std::string>(made)));
  }
  return event;
}

// Each case of a file of the CloudEvents project's conformance suite.
std::vector<YAML::Node> cases(const char* file) {
  return YAML::LoadAllFromFile((vectors / file).string());
}

ports::payload binary_form(const YAML::Node& of) {
  ports::payload payload;
  for (const auto& attribute : of["ContextAttributes"]) {
    const auto name = attribute.first.as<std::string>();
    if (attribute.second.IsScalar())
      payload.headers.push_back(
          {name == "datacontenttype" ? "content-type" : "ce-" + name, attribute.second.as<std::string>()});
  }
  payload.body = of["Data"].as<std::string>();
  return payload;
}

std::string structured_form(const YAML::Node& of) {
  nlohmann::json event;
  for (const auto& attribute : of["ContextAttributes"])
    if (attribute.second.IsScalar())
      event[attribute.first.as<std::string>()] = attribute.second.as<std::string>();
  event["data"] = of["Data"].as<std::string>();
  return event.dump();
}

TEST(CloudEvent, ReadsTheAttributesOfEveryConformanceCaseInBothModes) {
  if (!std::filesystem::exists(vectors))
    GTEST_SKIP() << "no conformance data";
  std::size_t seen = 0;
  for (const auto* file : {"yaml_v1.0_v1_minimum.yaml", "yaml_v1.yaml"})
    for (const auto& one : cases(file)) {
      const auto attribute = [&](const char* name) {
        const auto value = one["ContextAttributes"][name];
        return value ? value.as<std::string>() : std::string();
      };
      const auto payload = binary_form(one);
      EXPECT_EQ(form_of(payload), event_form::cloud_binary);
      for (const auto& read : {cloud_event_of_headers(payload), cloud_event_of_json(structured_form(one))}) {
        const auto* event = std::get_if<cloud_event>(&read);
        ASSERT_NE(event, nullptr) << refusal(read).message;
        EXPECT_EQ(event->id, attribute("id"));
        EXPECT_EQ(event->source, attribute("source"));
        EXPECT_EQ(event->type, attribute("type"));
        EXPECT_EQ(event->time, attribute("time"));
        EXPECT_EQ(event->data_type, attribute("datacontenttype"));
        // None carries a canonical event: each is refused for its data, and for nothing else.
        const auto made = canonical_event(*event);
        const auto* refused = std::get_if<ports::payload_refusal>(&made);
        ASSERT_NE(refused, nullptr);
        EXPECT_EQ(refused->field_path, "data") << refused->message;
      }
      ++seen;
    }
  EXPECT_EQ(seen, 8u);
}

TEST(CloudEvent, RefusesOlderVersionsByName) {
  if (!std::filesystem::exists(vectors))
    GTEST_SKIP() << "no conformance data";
  std::size_t seen = 0;
  for (const auto& one : cases("yaml_v0.3_v03_minimum.yaml")) {
    const auto read = cloud_event_of_headers(binary_form(one));
    ASSERT_TRUE(std::holds_alternative<ports::payload_refusal>(read));
    EXPECT_EQ(refusal(read).field_path, "specversion");
    EXPECT_NE(refusal(read).message.find("0.3"), std::string::npos) << refusal(read).message;
    ++seen;
  }
  EXPECT_GT(seen, 0u);
}

TEST(CloudEvent, NamesTheAttributeThatIsMissingOrWrong) {
  const std::vector<std::pair<const char*, const char*>> wrong{
      {R"({"id":"1","source":"/s","type":"t"})", "specversion"},
      {R"({"specversion":"1.0","source":"/s","type":"t"})", "id"},
      {R"({"specversion":"1.0","id":"","source":"/s","type":"t"})", "id"},
      {R"({"specversion":"1.0","id":"1","source":null,"type":"t"})", "source"},
      {R"({"specversion":"1.0","id":"1","source":"a b","type":"t"})", "source"},
      {R"({"specversion":"1.0","id":"1","source":"/s"})", "type"},
      {R"({"specversion":1.0,"id":"1","source":"/s","type":"t"})", "specversion"},
      {R"({"specversion":"1.0","id":1,"source":"/s","type":"t"})", "id"},
      {R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"@@@@"})", "data_base64"},
  };
  for (const auto& [json, field] : wrong) {
    const auto read = cloud_event_of_json(json);
    ASSERT_TRUE(std::holds_alternative<ports::payload_refusal>(read)) << json;
    EXPECT_EQ(refusal(read).field_path, field) << json;
  }
}

TEST(CloudEvent, LetsItsDataSpeakFirstAndFillsWhatThatLacks) {
  cloud_event from{.id = "e", .source = "https://crm.example/x", .type = "com.example.note", .subject = "T-1"};
  from.data = R"({"ticket_id":"own","idempotency_key":"k","version":"5","status":"open"})";
  from.sequence = "9";
  auto event = event_of(from);
  EXPECT_EQ(event.ticket_id(), "own");
  EXPECT_EQ(event.idempotency_key(), "k");
  EXPECT_EQ(event.version(), 5u);
  EXPECT_EQ(event.source_system(), "https://crm.example/x");
  EXPECT_EQ(event.event_type(), "com.example.note");
  EXPECT_EQ(event.event_id(), "e");
  from.data.reset();
  from.subject.clear();
  from.partition_key = "T-2";
  event = event_of(from);
  EXPECT_EQ(event.ticket_id(), "T-2");
  EXPECT_EQ(event.version(), 9u);
  EXPECT_EQ(event.idempotency_key(), "https://crm.example/x e");
}

TEST(CloudEvent, MakesAKeyThatFitsOfNamesHoweverLong) {
  cloud_event from{.id = std::string(300, 'i'), .source = "/cx/z", .type = "t"};
  const auto first = event_of(from).idempotency_key();
  EXPECT_LE(first.size(), 256u);
  from.id.back() = 'j';
  EXPECT_NE(event_of(from).idempotency_key(), first);
}

TEST(CloudEvent, RefusesATimeAndASequenceThatAreNone) {
  cloud_event from{.id = "e", .source = "/cx/z", .type = "t", .time = "yesterday"};
  auto made = canonical_event(from);
  ASSERT_TRUE(std::holds_alternative<ports::payload_refusal>(made));
  EXPECT_EQ(std::get<ports::payload_refusal>(made).reason, v1::INVALID_TIME);
  from.time.clear();
  for (const auto* sequence : {"-1", "1x", "99999999999999999999999"}) {
    from.sequence = sequence;
    made = canonical_event(from);
    ASSERT_TRUE(std::holds_alternative<ports::payload_refusal>(made)) << sequence;
    EXPECT_EQ(std::get<ports::payload_refusal>(made).field_path, "sequence");
  }
}

TEST(CloudEvent, TakesTheNameOutOfItsOwnTypesAndSourcesOnly) {
  const std::vector<std::pair<std::string, std::string>> types{{"cx.ticket.signal.v1", "ticket.signal"},
                                                               {"cx.ticket.signal.v12", "ticket.signal"},
                                                               {"cx.ticket.signal", "cx.ticket.signal"},
                                                               {"cx.ticket.vx", "cx.ticket.vx"},
                                                               {"cx.v1", "cx.v1"},
                                                               {"com.x.v1", "com.x.v1"}};
  for (const auto& [type, name] : types)
    EXPECT_EQ(event_of({.id = "e", .source = "/s", .type = type}).event_type(), name);
  const std::vector<std::pair<std::string, std::string>> sources{
      {"/cx/zendesk", "zendesk"}, {"/cx/", "/cx/"}, {"/cx/a/b", "/cx/a/b"}, {"urn:x", "urn:x"}};
  for (const auto& [source, system] : sources)
    EXPECT_EQ(event_of({.id = "e", .source = source, .type = "t"}).source_system(), system);
}

TEST(CloudEvent, ReadsBase64DataAndEscapedHeaders) {
  const auto read = cloud_event_of_json(
      R"({"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/json","data_base64":"eyJzdGF0dXMiOiJvcGVuIn0="})");
  ASSERT_TRUE(std::holds_alternative<cloud_event>(read)) << refusal(read).message;
  EXPECT_EQ(event_of(std::get<cloud_event>(read)).status(), "open");
  ports::payload payload;
  payload.headers = {{"ce-specversion", "1.0"}, {"ce-id", "a%20%F0%9F%98%80"}, {"ce-source", "/s"}, {"ce-type", "t"}};
  const auto escaped = cloud_event_of_headers(payload);
  ASSERT_TRUE(std::holds_alternative<cloud_event>(escaped));
  EXPECT_EQ(std::get<cloud_event>(escaped).id, "a \xF0\x9F\x98\x80");
}

} // namespace
} // namespace cxstream::transport
