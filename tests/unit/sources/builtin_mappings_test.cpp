// The built-in mappings on third-party payloads, against a table of what each must become (builtin_expectations.yaml).
#include "model/canonicalise.hpp"
#include "model/ticket_fold.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/payload_mapper.hpp"
#include "unit/sources/scratch.hpp"

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace cxstream::sources {
namespace {

using fields = std::map<std::string, std::string>;

YAML::Node table() {
  return YAML::LoadFile(std::string(CXSTREAM_SOURCE_DIR) + "/tests/unit/sources/builtin_expectations.yaml");
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The payload that a row of the table names: the whole file, or what is found in it by the way of `at`.
std::string body_of(const YAML::Node& row) {
  const auto text = read_text(shared_data() / row["file"].as<std::string>());
  if (!row["at"])
    return text;
  rapidjson::Document file;
  file.Parse(text.c_str(), text.size());
  const rapidjson::Value* found = &file;
  for (const auto& step : row["at"]) {
    const auto name = step.as<std::string>();
    found = found->IsArray() ? &(*found)[static_cast<rapidjson::SizeType>(step.as<unsigned>())]
                             : &found->FindMember(name.c_str())->value;
  }
  if (found->IsString())
    return {found->GetString(), found->GetStringLength()};
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  found->Accept(writer);
  return {out.GetString(), out.GetSize()};
}

ports::payload payload_of(const YAML::Node& row) {
  ports::payload payload;
  payload.target = "/v1/sources/test";
  payload.body = body_of(row);
  for (const auto& header : row["headers"])
    payload.headers.push_back({header.first.Scalar(), header.second.Scalar()});
  return payload;
}

base::timestamp moment(const std::string& rfc3339) {
  google::protobuf::Timestamp at;
  EXPECT_TRUE(google::protobuf::util::TimeUtil::FromString(rfc3339, &at)) << rfc3339;
  return base::from_us(model::to_us(at));
}

// Each is made once: jq compiles every expression of it.
const payload_mapper& mapper_of(const std::string& name) {
  static std::map<std::string, payload_mapper> made;
  auto found = made.find(name);
  if (found == made.end()) {
    auto rules = builtin_mapping(name);
    EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
    auto mapper = payload_mapper::make(*std::move(rules));
    EXPECT_TRUE(mapper) << (mapper ? "" : mapper.err().message);
    found = made.emplace(name, *std::move(mapper)).first;
  }
  return found->second;
}

ports::read_payload map(const YAML::Node& row) {
  return mapper_of(row["mapping"].as<std::string>())
      .map(payload_of(row), moment(row["received"].as<std::string>("2026-06-01T00:00:00Z")));
}

v1::CanonicalEvent canonical(const std::string& bytes) {
  v1::CanonicalEvent event;
  EXPECT_TRUE(event.ParseFromString(bytes));
  model::canonicalise(event, model::taxonomy{});
  return event;
}

std::string number(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

std::string joined(std::vector<std::string> texts) {
  return std::accumulate(texts.begin(), texts.end(), std::string(),
                         [](std::string all, const std::string& text) { return std::move(all) + text + "\n"; });
}

// What an event says, one text a field.
fields said_by(const v1::CanonicalEvent& event) {
  fields out;
  const auto* reflection = event.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> present;
  reflection->ListFields(event, &present);
  for (const auto* field : present)
    if (!field->is_repeated() && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING)
      out[field->name()] = reflection->GetString(event, field);
  out["occurred_at"] = google::protobuf::util::TimeUtil::ToString(event.occurred_at());
  if (event.version() != 0)
    out["version"] = std::to_string(event.version());
  if (event.sentiment().has_label())
    out["sentiment"] = event.sentiment().label();
  out["raw_tags"] = joined({event.raw_tags().begin(), event.raw_tags().end()});
  for (const auto& [name, value] : event.custom_metrics())
    out["custom_metrics." + name] = number(value);
  std::vector<std::string> cleared(event.cleared().paths().begin(), event.cleared().paths().end());
  std::ranges::sort(cleared);
  out["cleared"] = joined(cleared);
  return out;
}

fields expected_by(const YAML::Node& event) {
  fields out{{"raw_tags", ""}, {"cleared", ""}};
  for (const auto& entry : event) {
    const auto name = entry.first.Scalar();
    if (name == "sentiment") {
      out[name] = entry.second["label"].Scalar();
    } else if (name == "custom_metrics") {
      for (const auto& metric : entry.second)
        out["custom_metrics." + metric.first.Scalar()] = number(metric.second.as<double>());
    } else if (entry.second.IsSequence()) {
      auto texts = entry.second.as<std::vector<std::string>>();
      if (name == "cleared")
        std::ranges::sort(texts);
      out[name] = joined(texts);
    } else {
      out[name] = entry.second.Scalar();
    }
  }
  return out;
}

void check_event(const std::string& bytes, const YAML::Node& expected) {
  auto said = said_by(canonical(bytes));
  // The table leaves out what is the same for all, or made of what it says already.
  for (const auto* name : {"source_system", "schema_version", "mapping_version"})
    said.erase(name);
  if (!expected["idempotency_key"])
    said.erase("idempotency_key");
  EXPECT_EQ(said, expected_by(expected));
}

void check_row(const YAML::Node& row) {
  const auto got = map(row);
  if (row["rejected"]) {
    const auto field = row["rejected"].as<std::string>();
    ASSERT_EQ(got.refused.size(), 1u);
    EXPECT_EQ(got.refused[0].reason == v1::BAD_FORMAT ? "format" : got.refused[0].field_path, field);
    return;
  }
  for (const auto& refusal : got.refused)
    ADD_FAILURE() << refusal.field_path << ": " << refusal.message;
  if (row["dropped"]) {
    ASSERT_FALSE(got.dropped.empty());
    EXPECT_EQ(std::set<std::string>(got.dropped.begin(), got.dropped.end()),
              std::set<std::string>{row["dropped"].as<std::string>()});
  }
  const auto expected = row["events"] ? row["events"] : YAML::Node(YAML::NodeType::Sequence);
  ASSERT_EQ(got.events.size(), row["count"].as<std::size_t>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    check_event(got.events[i], expected[i]);
}

TEST(BuiltinMappings, MakeOfThirdPartyPayloadsWhatTheirVendorsSay) {
  if (!std::filesystem::exists(shared_data() / "helpdesk_webhooks"))
    GTEST_SKIP() << "no third-party payloads";
  std::size_t rows = 0;
  for (const auto& row : table()["payloads"]) {
    SCOPED_TRACE(row["file"].as<std::string>() + " with " + row["mapping"].as<std::string>());
    check_row(row);
    ++rows;
  }
  EXPECT_GE(rows, 100u);
}

TEST(BuiltinMappings, HaveAnExpectationForEveryWebhookThatIsKnown) {
  if (!std::filesystem::exists(shared_data() / "helpdesk_webhooks"))
    GTEST_SKIP() << "no third-party payloads";
  std::set<std::string> expected;
  for (const auto& row : table()["payloads"])
    expected.insert(row["file"].as<std::string>());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(shared_data() / "helpdesk_webhooks"))
    if (entry.is_regular_file())
      EXPECT_TRUE(expected.contains(std::filesystem::relative(entry.path(), shared_data()).string())) << entry.path();
}

// The ticket that events give when they arrive in this order.
v1::TicketState ticket_of(const std::vector<v1::CanonicalEvent>& events, const std::vector<std::size_t>& order) {
  v1::TicketState state;
  std::uint64_t offset = 0;
  for (const auto i : order)
    model::fold_fields(state, events[i], model::revision_of(events[i], base::log_offset{++offset}));
  return state;
}

// Whether two tickets say the same; which of two equal events wrote a field does not matter.
bool same(v1::TicketState a, v1::TicketState b) {
  google::protobuf::util::MessageDifferencer differ;
  differ.IgnoreField(v1::Revision::descriptor()->FindFieldByName("offset"));
  return differ.Compare(a, b);
}

struct expected_ticket {
  std::string id;
  std::string folder; // below helpdesk_webhooks
  std::size_t events_min = 0;
  std::string status;
  std::string agent_id;
};

// Folds the events of one ticket in every order, and each order twice over.
void expect_one_ticket(const expected_ticket& expected) {
  SCOPED_TRACE(expected.id);
  std::vector<v1::CanonicalEvent> events;
  for (const auto& row : table()["payloads"])
    if (row["file"].as<std::string>().starts_with("helpdesk_webhooks/" + expected.folder + "/"))
      for (const auto& bytes : map(row).events)
        if (auto event = canonical(bytes); event.ticket_id() == expected.id)
          events.push_back(event);
  ASSERT_GE(events.size(), expected.events_min);
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), 0);
  const auto first = ticket_of(events, order);
  EXPECT_EQ(first.status().value(), expected.status);
  EXPECT_EQ(first.agent_id().value(), expected.agent_id);
  do {
    auto twice = order;
    twice.insert(twice.end(), order.begin(), order.end());
    EXPECT_TRUE(same(first, ticket_of(events, order)));
    EXPECT_TRUE(same(first, ticket_of(events, twice)));
  } while (std::ranges::next_permutation(order).found);
}

TEST(BuiltinMappings, GiveOneTicketWhateverTheOrderInWhichItsEventsCome) {
  if (!std::filesystem::exists(shared_data() / "helpdesk_webhooks"))
    GTEST_SKIP() << "no third-party payloads";
  expect_one_ticket({"5158", "zendesk", 2, "open", "8447388090494"});
  expect_one_ticket({"21322009097", "intercom", 4, "closed", "1957471"});
  expect_one_ticket({"cnv_keo696", "front", 6, "open", ""}); // unassigned in the end
  expect_one_ticket({"cnv_keocka", "front", 6, "open", "tea_40z6"});
}

TEST(BuiltinMappings, NeverLetWordsOfAConversationTravel) {
  std::size_t seen = 0;
  for (const auto& file : builtin_files()) {
    const auto examples = YAML::Load(std::string(file.text))["examples"];
    for (const auto& example : examples) {
      YAML::Emitter input;
      input << example["input"];
      seen += std::string(input.c_str()).find("never travels") != std::string::npos ? 1 : 0;
      YAML::Emitter expected;
      expected << example["expect"];
      EXPECT_EQ(std::string(expected.c_str()).find("never travels"), std::string::npos) << file.name;
    }
  }
  EXPECT_GE(seen, 20u) << "examples with words in them";
}

} // namespace
} // namespace cxstream::sources
