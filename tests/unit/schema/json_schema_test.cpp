// The published JSON Schema and the node's own checks say the same about every bound.
#include "model/validate.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <string>

namespace cxstream::model {
namespace {

using nlohmann::json;

const json& schema() {
  static const auto parsed =
      json::parse(std::ifstream{std::string{CXSTREAM_SOURCE_DIR} + "/docs/schema/canonical_event.v1.schema.json"});
  return parsed;
}

v1::CanonicalEvent good_event() {
  v1::CanonicalEvent event;
  event.set_event_type("ticket.updated");
  event.mutable_occurred_at()->set_seconds(1'741'000'000);
  event.set_ticket_id("HA-1");
  event.set_source_system("halden_desk");
  return event;
}

std::optional<rejection> judge(const v1::CanonicalEvent& event) {
  return validate(event, base::timestamp{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}}, validation_limits{});
}

const google::protobuf::FieldDescriptor* field_named(const google::protobuf::Message& message,
                                                     const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

// A text of that many bytes that breaks no other rule of the field.
std::string text_of(const std::string& field, std::size_t bytes) {
  const std::string start = field == "evidence_url" ? "https://a.example/" : "";
  return start + std::string(bytes - start.size(), 'x');
}

v1::CanonicalEvent event_with(const std::string& field, const std::string& text) {
  auto event = good_event();
  event.GetReflection()->SetString(&event, field_named(event, field), text);
  return event;
}

v1::CanonicalEvent event_with(const std::string& signal, const std::string& part, double number) {
  auto event = good_event();
  auto* inner = event.GetReflection()->MutableMessage(&event, field_named(event, signal));
  inner->GetReflection()->SetDouble(inner, field_named(*inner, part), number);
  return event;
}

TEST(JsonSchema, GivesTextsTheLengthThatTheNodeGivesThem) {
  int checked = 0;
  for (const auto& [name, rule] : schema()["properties"].items()) {
    if (!rule.contains("maxLength"))
      continue;
    const auto most = rule["maxLength"].get<std::size_t>();
    EXPECT_FALSE(judge(event_with(name, text_of(name, most)))) << name;
    const auto refused = judge(event_with(name, text_of(name, most + 1)));
    ASSERT_TRUE(refused) << name;
    EXPECT_EQ(refused->reason, v1::TOO_LARGE) << name;
    EXPECT_EQ(refused->field_path, name);
    ++checked;
  }
  EXPECT_GE(checked, 14);
}

TEST(JsonSchema, GivesScoresTheRangeThatTheNodeGivesThem) {
  int checked = 0;
  for (const auto& [signal, rule] : schema()["properties"].items()) {
    const auto parts = rule.value("properties", json::object());
    for (const auto& [part, bounds] : parts.items()) {
      if (!bounds.contains("minimum"))
        continue;
      const auto least = bounds["minimum"].get<double>();
      const auto most = bounds["maximum"].get<double>();
      EXPECT_FALSE(judge(event_with(signal, part, least))) << signal << "." << part;
      EXPECT_FALSE(judge(event_with(signal, part, most))) << signal << "." << part;
      for (const auto beyond : {least - 0.01, most + 0.01}) {
        const auto refused = judge(event_with(signal, part, beyond));
        ASSERT_TRUE(refused) << signal << "." << part << " = " << beyond;
        EXPECT_EQ(refused->reason, v1::OUT_OF_RANGE);
        EXPECT_EQ(refused->field_path, signal + "." + part);
      }
      ++checked;
    }
  }
  EXPECT_EQ(checked, 6);
}

TEST(JsonSchema, RequiresWhatTheNodeRequires) {
  std::set<std::string> required;
  for (const auto& name : schema()["required"]) {
    auto event = good_event();
    event.GetReflection()->ClearField(&event, field_named(event, name));
    const auto refused = judge(event);
    ASSERT_TRUE(refused) << name;
    EXPECT_EQ(refused->reason, v1::MISSING_FIELD) << name;
    EXPECT_EQ(refused->field_path, name);
    required.insert(name);
  }
  EXPECT_FALSE(judge(good_event())) << "the node requires more than the schema says";
  EXPECT_EQ(required.size(), 4U);
}

TEST(JsonSchema, LimitsListsAndMapsAsTheNodeDoes) {
  const auto& tags = schema()["properties"]["raw_tags"];
  const auto& metrics = schema()["properties"]["custom_metrics"];
  auto event = good_event();
  for (int i = 0; i < tags["maxItems"]; ++i)
    event.add_raw_tags(text_of("raw_tags", tags["items"]["maxLength"]));
  for (int i = 0; i < metrics["maxProperties"]; ++i) {
    auto name = std::to_string(i);
    name.resize(metrics["propertyNames"]["maxLength"].get<std::size_t>(), 'x');
    (*event.mutable_custom_metrics())[name] = i;
  }
  EXPECT_FALSE(judge(event));

  auto more_tags = event;
  more_tags.add_raw_tags("one more");
  EXPECT_EQ(judge(more_tags).value().field_path, "raw_tags");
  auto more_metrics = event;
  (*more_metrics.mutable_custom_metrics())["one more"] = 1;
  EXPECT_EQ(judge(more_metrics).value().field_path, "custom_metrics");
  auto longer_tag = good_event();
  longer_tag.add_raw_tags(text_of("raw_tags", tags["items"]["maxLength"].get<std::size_t>() + 1));
  EXPECT_EQ(judge(longer_tag).value().field_path, "raw_tags[0]");
}

TEST(JsonSchema, ShowsExamplesThatTheNodeAccepts) {
  int checked = 0;
  for (const auto& [name, rule] : schema()["properties"].items()) {
    const auto texts = rule.value("examples", json::array());
    if (rule.value("type", "") == "string" && !rule.contains("format") && name != "cleared")
      for (const auto& example : texts)
        checked += judge(event_with(name, example.get<std::string>())) ? 0 : 1;
    const auto labels = rule.value("/properties/label/examples"_json_pointer, json::array());
    for (const auto& example : labels) {
      auto event = good_event();
      auto* signal = event.GetReflection()->MutableMessage(&event, field_named(event, name));
      signal->GetReflection()->SetString(signal, field_named(*signal, "label"), example.get<std::string>());
      EXPECT_FALSE(judge(event)) << name << ": " << example;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 35);
}

} // namespace
} // namespace cxstream::model
