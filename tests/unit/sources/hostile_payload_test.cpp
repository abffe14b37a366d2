// Payloads that nobody meant well with: naughty texts, and payloads cut and bent at random. Every record ends as an
// event, dropped or refused.
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"
#include "unit/sources/scratch.hpp"

#include "google/protobuf/stubs/logging.h"

#include "gmock/gmock.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <random>

namespace cxstream::sources {
namespace {

const auto now = base::from_us(1'800'000'000'000'000);

payload_mapper mapper_of(const std::string& text) {
  auto rules = parse_mapping(text, "m.yaml");
  EXPECT_TRUE(rules) << rules.err().message;
  auto mapper = payload_mapper::make(rules ? *std::move(rules) : mapping{});
  EXPECT_TRUE(mapper);
  return *std::move(mapper);
}

std::string json_text(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return buffer.GetString();
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }) ||
         text.find("\xc2\x80") <= text.size() || text.find("\xc2\x85") <= text.size();
}

TEST(HostilePayload, NaughtyTextsSurviveAsIdsTagsAndValuesByteForByte) {
  const auto path = shared_data() / "conformance" / "strings" / "blns.json";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "no conformance data";
  rapidjson::Document strings;
  strings.Parse(read_all(path).c_str());
  ASSERT_TRUE(strings.IsArray());
  const auto mapper = mapper_of("format: json\nsource_system: s\nevent_type: t\nfields:\n  ticket_id: {path: .a}\n"
                                "  occurred_at: {path: .at}\n  status: {path: '.a | .'}\n"
                                "raw_tags: [{path: '.list[]'}, {path: '[.a] | .[]', prefix: 'jq:'}]\n");
  std::size_t survived = 0;
  for (const auto& text : strings.GetArray()) {
    const std::string naughty(text.GetString(), text.GetStringLength());
    ports::payload payload;
    payload.body =
        R"({"at":"2024-03-01T00:00:00Z","a":)" + json_text(naughty) + R"(,"list":[)" + json_text(naughty) + "]}";
    const auto read = mapper.map(payload, now);
    ASSERT_EQ(read.events.size() + read.refused.size(), 1u) << naughty;
    if (!read.refused.empty()) { // nothing, control characters and great length are no ids
      EXPECT_TRUE(naughty.empty() || read.refused[0].field_path == "ticket_id" ||
                  read.refused[0].field_path == "status" || read.refused[0].field_path == "raw_tags")
          << read.refused[0].message;
      EXPECT_TRUE(naughty.size() > 120 || has_control(naughty) || model::trimmed(naughty).empty())
          << naughty << ": " << read.refused[0].message;
      continue;
    }
    v1::CanonicalEvent event;
    ASSERT_TRUE(event.ParseFromString(read.events[0]));
    EXPECT_EQ(event.ticket_id(), naughty);
    EXPECT_EQ(event.status(), naughty);
    EXPECT_EQ(event.raw_tags(0), naughty);
    EXPECT_EQ(event.raw_tags(1), "jq:" + naughty);
    ++survived;
  }
  EXPECT_GT(survived, 450u);
}

TEST(HostilePayload, EveryMutationEndsAsAnEventDroppedOrRefused) {
  google::protobuf::SetLogHandler(nullptr); // it complains of every text that is no UTF-8
  const std::string json_mapping =
      "format: json\nsource_system: s\nevent_type: t\neach: '.parts[]?'\n"
      "drop: [{when: '.kind == \"x\"', reason: x}]\nfields:\n  ticket_id: {path: $payload.id}\n"
      "  occurred_at: {path: .at, format: [rfc3339, unix_s]}\n  status: {path: '.s | ascii_downcase', null: clears}\n"
      "raw_tags: [{path: '.tags[]', split: ','}]\ncustom_metrics: {n: .n}\n";
  std::string xml_mapping = "format: xml\nsource_system: s\nevent_type: t\neach: //case\nfields:\n"
                            "  ticket_id: {xpath: '@id'}\n  occurred_at: {xpath: at}\n  status: {xpath: string(s)}\n"
                            "raw_tags: [{xpath: tag}]\n";
  const std::string csv_mapping = "format: csv\nsource_system: s\nevent_type: t\nfields:\n  ticket_id: {column: id}\n"
                                  "  occurred_at: {column: at}\n";
  const std::pair<std::string, std::string> seeds[] = {
      {json_mapping, R"({"id":"T-1","parts":[{"at":"2024-03-01T00:00:00Z","s":"NEW","tags":["a,b","c"],"n":1.5},)"
                     R"({"at":1709251200,"kind":"y","s":null,"tags":[],"n":"2"},{"kind":"x"}]})"},
      {xml_mapping, "<l><case id='1'><at>2024-03-01T00:00:00Z</at><s>a&amp;b</s><tag>x</tag></case><case id='2'/></l>"},
      {csv_mapping, "id,at,x\n1,2024-03-01T00:00:00Z,\"a\"\"b\"\n2,2024-03-02T00:00:00Z,c\n"}};
  const std::uint64_t seed = 20'260'101;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::size_t events = 0;
  std::size_t refused = 0;
  for (const auto& [text, original] : seeds) {
    const auto mapper = mapper_of(text);
    for (int round = 0; round < 4'000; ++round) {
      ports::payload payload;
      payload.body = original;
      for (auto bends = random() % 4; bends > 0 && !payload.body.empty(); --bends) {
        const auto at = random() % payload.body.size();
        switch (random() % 4) {
          case 0:
            payload.body.resize(at);
            break;
          case 1:
            payload.body[at] = static_cast<char>(random() % 256);
            break;
          case 2:
            payload.body.erase(at, random() % 8 + 1);
            break;
          default:
            payload.body.insert(at, original.substr(random() % original.size(), random() % 30));
        }
      }
      const auto read = mapper.map(payload, now);
      for (const auto& bytes : read.events) {
        v1::CanonicalEvent event;
        ASSERT_TRUE(event.ParseFromString(bytes)) << payload.body;
        ASSERT_FALSE(event.idempotency_key().empty());
      }
      for (const auto& refusal : read.refused)
        ASSERT_FALSE(refusal.message.empty()) << payload.body;
      const auto explained = mapper.explain(payload, now);
      ASSERT_EQ(explained.size(), read.events.size() + read.dropped.size() + read.refused.size()) << payload.body;
      // A table of nothing but a header has no rows.
      ASSERT_TRUE(!explained.empty() || mapper.rules().format == file_format::csv) << payload.body;
      events += read.events.size();
      refused += read.refused.size();
    }
  }
  EXPECT_GT(events, 5'000u);
  EXPECT_GT(refused, 3'000u);
}

TEST(HostilePayload, BuiltInMappingsWithstandMutationsOfTheirExamples) {
  std::mt19937_64 random(7);
  for (const auto& file : builtin_files()) {
    auto rules = builtin_mapping(file.name);
    ASSERT_TRUE(rules) << rules.err().message;
    const auto mapper = payload_mapper::make(*std::move(rules));
    ASSERT_TRUE(mapper);
    for (const auto& example : mapper->rules().examples) {
      for (int round = 0; round < 8; ++round) {
        ports::payload payload;
        payload.body = example.input;
        payload.headers = example.headers;
        if (!payload.body.empty())
          payload.body[random() % payload.body.size()] = static_cast<char>(random() % 128);
        const auto read = mapper->map(payload, now);
        EXPECT_GT(read.events.size() + read.dropped.size() + read.refused.size(), 0u) << file.name << payload.body;
      }
    }
  }
}

} // namespace
} // namespace cxstream::sources
