// Examples that mappings carry, how mappings are found, and the story of a record.
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/example_check.hpp"
#include "sources/mapping/load.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const auto now = base::from_us(1'800'000'000'000'000);

constexpr const char* text = R"(format: json
source_system: desk
event_type: t
drop: [{when: '.type == "ping"', reason: a ping}]
fields:
  ticket_id: {path: .id}
  occurred_at: [{path: .at}, {received: yes}]
  status: {path: .s, lookup: {NEW: new}}
  agent_id: {path: .who, null: clears}
custom_metrics: {n_2: {path: .n, null: clears}}
examples:
)";

example_outcome check(const std::string& example, const std::filesystem::path& folder = ".") {
  auto rules = parse_mapping(text + example, "m.yaml");
  EXPECT_TRUE(rules) << rules.err().message;
  const auto mapper = payload_mapper::make(*std::move(rules));
  EXPECT_THAT(mapper->rules().examples, SizeIs(1));
  return check_example(*mapper, mapper->rules().examples.front(), folder, now);
}

const std::string good = R"(  - name: a
    input: {id: "7", at: "2024-03-01T00:00:00Z", s: NEW, who: null, n: null}
)";

TEST(MappingExamples, PassWhenTheEventIsAsExpected) {
  const auto outcome = check(good + R"(    expect:
      - {ticket_id: "7", event_type: t, source_system: desk, occurred_at: "2024-03-01T00:00:00Z", status: new,
         cleared: [custom_metrics.n_2, agent_id]}
)");
  EXPECT_TRUE(outcome.has_passed()) << outcome.differences.at(0).field;
}

TEST(MappingExamples, ShowEveryFieldThatDiffers) {
  const auto outcome = check(good + R"(    expect:
      - {ticket_id: "8", event_type: t, source_system: desk, occurred_at: "2024-03-01T00:00:00Z", priority: high,
         cleared: [agent_id], idempotency_key: K}
)");
  ASSERT_THAT(outcome.differences, SizeIs(5));
  EXPECT_EQ(outcome.differences[0].field, "cleared");
  EXPECT_EQ(outcome.differences[0].actual, "agent_id, custom_metrics.n_2");
  EXPECT_EQ(outcome.differences[1].field, "idempotency_key");
  EXPECT_EQ(outcome.differences[2].field, "priority");
  EXPECT_EQ(outcome.differences[2].actual, "");
  EXPECT_EQ(outcome.differences[3].expected, "\"8\"");
  EXPECT_EQ(outcome.differences[3].actual, "\"7\"");
  EXPECT_EQ(outcome.differences[4].field, "status");
  EXPECT_EQ(outcome.differences[4].expected, "");
  EXPECT_FALSE(outcome.has_passed());
}

TEST(MappingExamples, TellMissingEventsDropsAndRejects) {
  EXPECT_FALSE(check(good + "    expect: []\n").has_passed());
  EXPECT_FALSE(check(good + "    dropped: a ping\n").has_passed());
  EXPECT_FALSE(check(good + "    rejected: ticket_id\n").has_passed());
  const std::string ping = "  - {name: a, input: {type: ping}, ";
  EXPECT_TRUE(check(ping + "dropped: a ping}\n").has_passed());
  EXPECT_FALSE(check(ping + "dropped: another}\n").has_passed());
  EXPECT_FALSE(check(ping + "expect: [{ticket_id: a}]}\n").has_passed());
  EXPECT_TRUE(check(ping + "expect: []}\n").has_passed());
  const std::string bad = "  - {name: a, input: {id: 1, at: never}, ";
  EXPECT_TRUE(check(bad + "rejected: occurred_at}\n").has_passed());
  EXPECT_FALSE(check(bad + "rejected: ticket_id}\n").has_passed());
  EXPECT_FALSE(check(bad + "expect: []}\n").has_passed());
}

TEST(MappingExamples, TakeInputsFromFilesAndTimesOfReceipt) {
  scratch dir;
  dir.write("in.json", R"({"id":1})");
  const std::string expect = "received_at: '2024-01-01T00:00:00Z', expect: [{ticket_id: '1', event_type: t, "
                             "source_system: desk, occurred_at: '2024-01-01T00:00:00Z'}]}\n";
  EXPECT_TRUE(check("  - {input_file: in.json, " + expect, dir.path()).has_passed());
  const auto outcome = check("  - {input_file: gone.json, " + expect, dir.path());
  EXPECT_FALSE(outcome.has_passed());
  EXPECT_THAT(outcome.skipped.value_or(""), HasSubstr("gone.json is not there"));
}

TEST(BuiltInMappings, LoadUnderTheNameOfTheirFileAndKeepTheirExamples) {
  for (const auto& file : builtin_files()) {
    auto rules = resolve_mapping(std::string(file.name));
    ASSERT_TRUE(rules) << rules.err().message;
    EXPECT_EQ(rules->name, file.name);
    EXPECT_FALSE(rules->examples.empty()) << file.name;
    const auto mapper = payload_mapper::make(*std::move(rules));
    for (const auto& example : mapper->rules().examples) {
      const auto outcome = check_example(*mapper, example, std::string(CXSTREAM_SOURCE_DIR) + "/mappings", now);
      EXPECT_TRUE(outcome.has_passed() || outcome.skipped)
          << file.name << ": " << example.name << ": "
          << (outcome.faults.empty() ? outcome.differences.at(0).field : outcome.faults.at(0));
    }
  }
}

TEST(BuiltInMappings, AreToldFromFilesByTheirNames) {
  scratch dir;
  const auto file = dir.write("my-Desk.yaml", std::string(text) + "  - {input: {type: ping}, dropped: a ping}\n");
  const auto rules = resolve_mapping(file.string());
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->name, "my_desk");
  EXPECT_EQ(rules->label(), "my_desk@1");
  EXPECT_THAT(resolve_mapping("./nothing.yaml").err().message, HasSubstr("nothing.yaml"));
  EXPECT_EQ(resolve_mapping("no_such_thing_at_all").err().code, base::error_code::not_found);
  EXPECT_THAT(resolve_mapping("no_such_thing_at_all").err().message,
              HasSubstr("no built-in mapping 'no_such_thing_at_all'"));
}

TEST(RecordStory, SaysWhereEachValueCameFromAndWhyAFieldIsEmpty) {
  auto rules = parse_mapping(std::string(text) + "  - {input: {type: ping}, dropped: a ping}\n", "m.yaml");
  ASSERT_TRUE(rules) << rules.err().message;
  const auto mapper = payload_mapper::make(*std::move(rules));
  ports::payload payload;
  payload.body = R"({"id":"7","at":null,"s":"NEW","who":null})";
  const auto stories = mapper->explain(payload, now);
  ASSERT_THAT(stories, SizeIs(1));
  std::map<std::string, field_story> fields;
  for (const auto& field : stories[0].fields)
    fields[field.field] = field;
  EXPECT_EQ(fields["ticket_id"].rules.at(0).rule, "path .id");
  EXPECT_EQ(fields["ticket_id"].value, "7");
  EXPECT_EQ(fields["status"].value, "new");
  EXPECT_EQ(fields["status"].rules.at(0).found, "NEW");
  EXPECT_TRUE(fields["status"].rules.at(0).is_in_lookup);
  EXPECT_EQ(fields["occurred_at"].rules.at(0).state, presence::null);
  EXPECT_EQ(fields["occurred_at"].rules.at(1).rule, "received");
  EXPECT_TRUE(fields["agent_id"].is_cleared);
  EXPECT_EQ(fields["custom_metrics.n_2"].rules.at(0).state, presence::absent);
  EXPECT_THAT(fields["priority"].rules, IsEmpty()) << "not in the mapping";
}

} // namespace
} // namespace cxstream::sources
