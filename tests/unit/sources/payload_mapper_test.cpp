// The mapping language, clause by clause, on payloads.
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <atomic>
#include <thread>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const auto now = base::from_us(1'800'000'000'000'000);

constexpr const char* json_head =
    "format: json\nname: desk\nversion: 3\nsource_system: desk\nevent_type: ticket.updated\n";
constexpr const char* needed = "fields:\n  ticket_id: {path: .id}\n  occurred_at: {path: .at}\n";

payload_mapper mapper_of(const std::string& text) {
  auto rules = parse_mapping(text, "m.yaml");
  EXPECT_TRUE(rules) << rules.err().message;
  auto mapper = payload_mapper::make(rules ? *std::move(rules) : mapping{});
  EXPECT_TRUE(mapper);
  return *std::move(mapper);
}

ports::read_payload map(const payload_mapper& mapper, const std::string& body,
                        std::vector<ports::header> headers = {}) {
  ports::payload payload;
  payload.body = body;
  payload.headers = std::move(headers);
  return mapper.map(payload, now);
}

v1::CanonicalEvent event_of(const ports::read_payload& read, std::size_t place = 0) {
  v1::CanonicalEvent event;
  EXPECT_GT(read.events.size(), place) << (read.refused.empty() ? "" : read.refused.front().message);
  const auto is_read = read.events.size() > place && event.ParseFromString(read.events[place]);
  EXPECT_TRUE(is_read);
  return event;
}

// The event of a json payload, by a mapping that has these lines after `fields`.
v1::CanonicalEvent mapped(const std::string& rest, const std::string& members) {
  return event_of(map(mapper_of(std::string(json_head) + needed + rest),
                      R"({"id":"T","at":"2024-03-01T00:00:00Z",)" + members + "}"));
}

ports::payload_refusal refusal_of(const std::string& rest, const std::string& members) {
  const auto read = map(mapper_of(std::string(json_head) + needed + rest),
                        R"({"id":"T","at":"2024-03-01T00:00:00Z",)" + members + "}");
  EXPECT_THAT(read.refused, SizeIs(1));
  return read.refused.empty() ? ports::payload_refusal{} : read.refused.front();
}

TEST(PayloadMapper, MakesAnEventThatNamesItsMapping) {
  const auto event = mapped("  status: {path: .s}\n", R"("s":"open")");
  EXPECT_EQ(event.ticket_id(), "T");
  EXPECT_EQ(event.occurred_at().seconds(), 1'709'251'200);
  EXPECT_EQ(event.status(), "open");
  EXPECT_EQ(event.source_system(), "desk");
  EXPECT_EQ(event.mapping_version(), "desk@3");
  EXPECT_EQ(event.idempotency_key().size(), 32u);
}

TEST(PayloadMapper, TellsAbsentFromNullAndClearsOnlyWhereTheRuleSaysSo) {
  const std::string rest = "  agent_id: {path: .agent, null: clears}\n  status: {path: .s}\n"
                           "  sentiment: {path: .mood, null: clears}\n  sentiment.score: {path: .score}\n"
                           "custom_metrics: {n: {path: .n, null: clears}}\n";
  EXPECT_FALSE(mapped(rest, R"("x":1)").has_cleared());
  const auto event = mapped(rest, R"("agent":null,"s":null,"mood":"","n":null)");
  EXPECT_THAT(event.cleared().paths(), ElementsAre("agent_id", "sentiment", "custom_metrics.n"));
  EXPECT_FALSE(event.has_status());
  EXPECT_FALSE(mapped(rest, R"("mood":null,"score":0.5)").has_cleared()) << "a part of the signal is there";
}

TEST(PayloadMapper, ClearsByAlternativesOnlyWhenNoneHasAValue) {
  const std::string rest = "  agent_id: [{path: .a, null: clears}, {path: .b}]\n";
  EXPECT_EQ(mapped(rest, R"("a":null,"b":"B")").agent_id(), "B");
  EXPECT_FALSE(mapped(rest, R"("a":null,"b":"B")").has_cleared());
  EXPECT_THAT(mapped(rest, R"("a":null)").cleared().paths(), ElementsAre("agent_id"));
  EXPECT_FALSE(mapped(rest, R"("b":null)").has_cleared());
}

TEST(PayloadMapper, KeepsTextsAndNumbersAsTheyAreWritten) {
  const std::string rest = "  agent_id: {path: .a}\n  status: {path: .s}\n  priority: {path: .p, trim: yes}\n";
  const auto event = mapped(rest, R"("a":1234567890123456789,"s":true,"p":"  high ")");
  EXPECT_EQ(event.agent_id(), "1234567890123456789");
  EXPECT_EQ(event.status(), "true");
  EXPECT_EQ(event.priority(), "high");
  EXPECT_EQ(mapped("  agent_id: {path: '.a | .'}\n", R"("a":1234567890123456789)").agent_id(), "1234567890123456789");
}

TEST(PayloadMapper, CountsListedTextsAsNull) {
  const auto rest =
      std::string("  agent_id: {path: .a, null: clears}\n  status: {template: \"s {.s}\"}\n") + "empty: [\"-\"]\n";
  const auto event = mapped(rest, R"("a":"-","s":"-")");
  EXPECT_THAT(event.cleared().paths(), ElementsAre("agent_id"));
  EXPECT_FALSE(event.has_status());
}

TEST(PayloadMapper, LooksUpExactlyFirstAndThenWithoutCase) {
  const std::string rest = "  status: {path: .s, lookup: states}\n  priority: {path: .p, lookup: {2: normal}}\n"
                           "  channel: {path: .c, lookup: states, lookup_other: drop_value}\n"
                           "lookups:\n  states: {NEW: new, new: other, HOLD: on_hold, none: ''}\n";
  EXPECT_EQ(mapped(rest, R"("s":"NEW")").status(), "new");
  EXPECT_EQ(mapped(rest, R"("s":"new")").status(), "other");
  EXPECT_EQ(mapped(rest, R"("s":"Hold","p":2)").status(), "on_hold");
  EXPECT_EQ(mapped(rest, R"("s":"Hold","p":2)").priority(), "normal");
  EXPECT_EQ(mapped(rest, R"("s":"strange")").status(), "strange");
  EXPECT_FALSE(mapped(rest, R"("s":"none")").has_status());
  EXPECT_FALSE(mapped(rest, R"("c":"strange")").has_channel());
}

TEST(PayloadMapper, BuildsTextsFromTemplatesAndPrefixes) {
  const std::string rest =
      "  status: {template: \"{.a}/{.o | {x: .y}.x}-{{}}\"}\n  agent_id: {path: .a, prefix: 'u:'}\n";
  const auto event = mapped(rest, R"("a":1,"o":{"y":"z"})");
  EXPECT_EQ(event.status(), "1/z-{}");
  EXPECT_EQ(event.agent_id(), "u:1");
  EXPECT_FALSE(mapped(rest, R"("o":{"y":"z"})").has_status());
}

TEST(PayloadMapper, ReadsTimesOfManyForms) {
  const auto time = [](const std::string& rule, const std::string& value) {
    const auto read =
        map(mapper_of(std::string(json_head) + "fields:\n  ticket_id: {path: .id}\n  occurred_at: " + rule + "\n"),
            R"({"id":"T","at":)" + value + "}");
    return read.events.empty() ? read.refused.front().message : event_of(read).occurred_at().ShortDebugString();
  };
  EXPECT_EQ(time("{path: .at, format: unix_s}", "1518309749.673"), "seconds: 1518309749 nanos: 673000000");
  EXPECT_EQ(time("{path: .at, format: unix_s}", "\"1518309749\""), "seconds: 1518309749");
  EXPECT_EQ(time("{path: .at, format: unix_ms}", "1518309749673"), "seconds: 1518309749 nanos: 673000000");
  EXPECT_EQ(time("{path: .at}", "\"2024-03-01T01:00:00.5+01:00\""), "seconds: 1709251200 nanos: 500000000");
  const std::string list = "{path: .at, format: [rfc3339, '%Y/%m/%d %H:%M'], zone: Europe/Rome}";
  EXPECT_EQ(time(list, "\"2024/03/01 01:00\""), "seconds: 1709251200");
  EXPECT_EQ(time(list, "\"2024-03-01T00:00:00Z\""), "seconds: 1709251200");
  EXPECT_THAT(time(list, "\"soon\""), HasSubstr("'soon' is not a time of the form RFC 3339"));
  EXPECT_EQ(time("[{path: .at}, {received: yes}]", "null"), "seconds: 1800000000");
}

TEST(PayloadMapper, TakesAPayloadWithoutATimeOfItsOwnForAnEventEachTimeItComes) {
  const auto mapper =
      mapper_of(std::string(json_head) + "fields:\n  ticket_id: {path: .id}\n  occurred_at: {received: yes}\n");
  ports::payload payload;
  payload.body = R"({"id":"T"})";
  const auto first = event_of(mapper.map(payload, now));
  const auto again = event_of(mapper.map(payload, now + std::chrono::seconds(5)));
  EXPECT_NE(first.occurred_at().seconds(), again.occurred_at().seconds());
  EXPECT_NE(first.idempotency_key(), again.idempotency_key());
  EXPECT_EQ(first.idempotency_key(), event_of(mapper.map(payload, now)).idempotency_key());
}

TEST(PayloadMapper, SpreadsListsOfTagsAndClearsThemWhenTheListIsEmpty) {
  const std::string rest = "raw_tags: [{path: .tags, null: clears}, {path: '.x[].n'}, {prefix: 'g:', path: .g}, "
                           "{path: .words, split: ' ', lookup: {VIP: vip}}, {path: '.j | ascii_downcase'}]\n";
  const auto event = mapped(rest, R"("tags":["a",null,"",["b"]],"x":[{"n":1},{}],"g":5,"words":"VIP  c","j":"J")");
  EXPECT_THAT(event.raw_tags(), ElementsAre("a", "b", "1", "g:5", "vip", "c", "j"));
  const std::string few = "raw_tags: [{path: .tags, null: clears}, {path: '.x[].n'}]\n";
  EXPECT_THAT(mapped(few, R"("tags":[])").cleared().paths(), ElementsAre("raw_tags"));
  EXPECT_FALSE(mapped(few, R"("tags":[],"x":[{"n":1}])").has_cleared());
  EXPECT_FALSE(mapped(few, R"("y":1)").has_cleared());
  EXPECT_EQ(refusal_of(few, R"("tags":[{"a":1}])").field_path, "raw_tags");
}

TEST(PayloadMapper, TakesNumbersTextsAndBooleansForMetrics) {
  const std::string rest = "custom_metrics: {a: .a, b: .b, c: .c, d: [{path: .x}, {path: .d, lookup: {good: 1}}]}\n";
  const auto event = mapped(rest, R"("a":1.5,"b":"2","c":true,"d":"Good")");
  EXPECT_EQ(event.custom_metrics().at("a"), 1.5);
  EXPECT_EQ(event.custom_metrics().at("b"), 2.0);
  EXPECT_EQ(event.custom_metrics().at("c"), 1.0);
  EXPECT_EQ(event.custom_metrics().at("d"), 1.0);
  EXPECT_EQ(refusal_of(rest, R"("b":"two")").field_path, "custom_metrics.b");
}

TEST(PayloadMapper, RefusesWhereOneValueIsNeededAndNamesTheField) {
  const std::string rest = "  status: {path: .s}\n";
  for (const auto* value : {R"({"a":1})", R"(["a"])"}) {
    const auto refusal = refusal_of(rest, R"("s":)" + std::string(value));
    EXPECT_EQ(refusal.reason, v1::BAD_MAPPING);
    EXPECT_EQ(refusal.field_path, "status");
    EXPECT_THAT(refusal.message, HasSubstr("where one value is needed"));
  }
  EXPECT_THAT(refusal_of("  status: {path: '.s[]'}\n", R"("s":["a","b"])").message, HasSubstr("2 values"));
  EXPECT_EQ(mapped("  status: {path: '.s[]'}\n", R"("s":[null,"b"])").status(), "b");
  const auto failed = refusal_of("  status: {path: '.s | ascii_downcase'}\n", R"("s":1)");
  EXPECT_EQ(failed.message, "status: explode input must be a string");
  EXPECT_TRUE(failed.record.empty()) << "it is the whole payload";
}

TEST(PayloadMapper, LeavesAlternativesAloneAfterOneThatHasAValue) {
  const std::string rest = "  status: [{path: .a}, {path: 'error(\"never\")'}]\n";
  EXPECT_EQ(mapped(rest, R"("a":"open")").status(), "open");
  EXPECT_EQ(refusal_of(rest, R"("b":1)").field_path, "status");
}

TEST(PayloadMapper, DropsByTheFirstConditionThatHolds) {
  const auto mapper =
      mapper_of(std::string(json_head) + needed +
                "drop:\n  - {when: '.type == \"ping\"', reason: a ping}\n"
                "  - {when: .internal, reason: internal}\n  - {when: '.n | ascii_downcase', reason: x}\n");
  EXPECT_THAT(map(mapper, R"({"type":"ping","internal":true})").dropped, ElementsAre("a ping"));
  EXPECT_THAT(map(mapper, R"({"internal":"yes"})").dropped, ElementsAre("internal"));
  const auto read = map(mapper, R"({"id":"T","n":1})");
  ASSERT_THAT(read.refused, SizeIs(1));
  EXPECT_EQ(read.refused[0].field_path, "drop (x)");
  EXPECT_THAT(map(mapper, R"({"id":"T","at":"2024-03-01T00:00:00Z","internal":null,"n":""})").dropped,
              ElementsAre("x"));
}

TEST(PayloadMapper, SplitsAPayloadIntoRecordsThatSeeThePayloadAndItsHeaders) {
  const auto mapper = mapper_of(std::string(json_head) +
                                "each: .parts[]\nfields:\n  ticket_id: {path: $payload.id}\n"
                                "  occurred_at: {path: .at}\n  status: {path: '$headers[\"x-kind\"]'}\n"
                                "  event_id: {path: '\"\\($payload.id)-\\(.n)\"'}\n"
                                "drop: [{when: '.n == 3', reason: three}, {when: $payload.ping, reason: a ping}]\n");
  const auto read = map(mapper, R"({"id":"T","parts":[{"n":1,"at":"2024-03-01T00:00:00Z"},{"n":2},{"n":3}]})",
                        {{"x-kind", "k"}, {"x-kind", "second"}});
  ASSERT_THAT(read.events, SizeIs(1));
  EXPECT_EQ(event_of(read).event_id(), "T-1");
  EXPECT_EQ(event_of(read).idempotency_key(), "T-1");
  EXPECT_EQ(event_of(read).status(), "k");
  EXPECT_THAT(read.dropped, ElementsAre("three"));
  ASSERT_THAT(read.refused, SizeIs(1));
  EXPECT_EQ(read.refused[0].record, "") << "a part is mapped again with its whole";
  EXPECT_EQ(read.refused[0].field_path, "occurred_at");
  EXPECT_THAT(map(mapper, R"({"ping":true})").dropped, ElementsAre("a ping")) << "not split, but known";
  EXPECT_THAT(map(mapper, R"({"parts":[]})").dropped, ElementsAre("'each' finds no record in the payload"));
}

TEST(PayloadMapper, TakesTheElementsOfAnArrayForRecords) {
  const auto mapper = mapper_of(std::string(json_head) + needed);
  const auto read = map(mapper, R"([{"id":1,"at":"2024-03-01T00:00:00Z"}, {"id":2}, 3])");
  EXPECT_THAT(read.events, SizeIs(1));
  ASSERT_THAT(read.refused, SizeIs(2));
  EXPECT_EQ(read.refused[1].record, "");
  const auto built =
      mapper_of(std::string(json_head) + needed + "each: 'if .list then .list[] | {id, at: $payload.at} else . end'\n");
  EXPECT_THAT(map(built, R"({"at":"2024-03-01T00:00:00Z","list":[{"id":"a"},{"id":"b"}]})").events, SizeIs(2));
  EXPECT_THAT(map(built, R"({"at":"2024-03-01T00:00:00Z","id":"c"})").events, SizeIs(1));
  EXPECT_EQ(map(built, R"({"list":5})").refused.at(0).field_path, "each");
}

TEST(PayloadMapper, TakesTheKeyFromItsPathsItsRuleTheEventOrTheContent) {
  const auto key = [](const std::string& rest, const std::string& members) {
    return mapped(rest, members).idempotency_key();
  };
  const std::string paths = "idempotency_key: {paths: [.k, .l]}\n";
  EXPECT_EQ(key(paths, R"("k":1,"z":1)"), key(paths, R"("k":1,"z":2)"));
  EXPECT_NE(key(paths, R"("k":1)"), key(paths, R"("l":1)"));
  EXPECT_NE(key(paths, R"("z":1)"), key(paths, R"("z":2)")) << "nothing found: the content counts";
  EXPECT_EQ(key("idempotency_key: [{path: .k}, {template: 'x-{.l}'}]\n", R"("l":7)"), "x-7");
  EXPECT_EQ(key("  event_id: {path: .e}\n", R"("e":"E1")"), "E1");
  EXPECT_EQ(key("", R"("a":  [1, 2])"), key("", R"("a":[1,2])")) << "however it is laid out";
  EXPECT_NE(key("", R"("a":[1,2])"), key("", R"("a":["1",2])"));
}

TEST(PayloadMapper, RefusesWhatTheNodeWouldRefuse) {
  const auto late = refusal_of("  version: {path: .v}\n  evidence_url: {path: .u}\n", R"("u":"ftp://x")");
  EXPECT_EQ(late.reason, v1::BAD_MAPPING);
  EXPECT_EQ(late.field_path, "evidence_url");
  const auto future = map(mapper_of(std::string(json_head) + needed), R"({"id":"T","at":"2030-01-01T00:00:00Z"})");
  EXPECT_EQ(future.refused.at(0).field_path, "occurred_at");
  const auto large = map(mapper_of(std::string(json_head) + needed),
                         R"({"at":"2024-03-01T00:00:00Z","id":")" + std::string(300, 'x') + "\"}");
  EXPECT_EQ(large.refused.at(0).reason, v1::TOO_LARGE);
}

TEST(PayloadMapper, RefusesWhatIsNotOfItsFormatWithThePlace) {
  const auto read = map(mapper_of(std::string(json_head) + needed), "{\n\"id\":}");
  ASSERT_THAT(read.refused, SizeIs(1));
  EXPECT_EQ(read.refused[0].reason, v1::BAD_FORMAT);
  EXPECT_THAT(read.refused[0].message, HasSubstr("line 2, column 6"));
  EXPECT_TRUE(read.refused[0].record.empty());
}

TEST(PayloadMapper, ReadsLinesOfJsonEachByItself) {
  std::string text = json_head;
  text.replace(text.find("json"), 4, "ndjson");
  const auto read = map(mapper_of(text + needed),
                        "\xEF\xBB\xBF{\"id\":1,\"at\":\"2024-03-01T00:00:00Z\"}\r\n\n{broken\n{\"id\":2}\n");
  EXPECT_THAT(read.events, SizeIs(1));
  ASSERT_THAT(read.refused, SizeIs(2));
  EXPECT_THAT(read.refused[0].message, HasSubstr("line 3: not JSON"));
  EXPECT_EQ(read.refused[0].record, "{broken");
  EXPECT_EQ(read.refused[1].record, "{\"id\":2}");
}

TEST(PayloadMapper, ReadsTablesAndDropsRowsByTheirColumns) {
  const std::string text =
      "format: csv\nsource_system: desk\nevent_type: t\nfields:\n  ticket_id: {column: id}\n"
      "  occurred_at: {column: at}\n  status: {column: gone, null: clears}\n  agent_id: {column: who, null: clears}\n"
      "csv: {missing_columns: absent}\n"
      "drop: [{when: {column: kind, in: [start]}, reason: begins}]\n";
  const auto read = map(mapper_of(text), "id,at,kind,who\n1,2024-03-01T00:00:00Z,end,\n2,x,start,\n3\n");
  const auto event = event_of(read);
  EXPECT_THAT(event.cleared().paths(), ElementsAre("agent_id")) << "an empty cell clears, a missing column does not";
  EXPECT_THAT(read.dropped, ElementsAre("begins"));
  ASSERT_THAT(read.refused, SizeIs(1));
  EXPECT_EQ(read.refused[0].reason, v1::BAD_FORMAT);
  EXPECT_EQ(read.refused[0].record, "") << "a row is mapped again with its header";
}

TEST(PayloadMapper, ReadsCanonicalEventsAsTheyAre) {
  const auto mapper = mapper_of("format: canonical\n");
  const std::string event =
      R"({"ticket_id":"7","event_type":"t","source_system":"s","occurred_at":"2024-03-01T00:00:00Z"})";
  EXPECT_THAT(map(mapper, event).events, SizeIs(1));
  EXPECT_THAT(map(mapper, "[" + event + "," + event + "]").events, SizeIs(2));
  const auto lines = map(mapper, event + "\n{\"nope\":1}\n" + event);
  EXPECT_THAT(lines.events, SizeIs(2));
  ASSERT_THAT(lines.refused, SizeIs(1));
  EXPECT_EQ(lines.refused[0].reason, v1::BAD_FORMAT);
  EXPECT_EQ(lines.refused[0].record, "{\"nope\":1}");
  EXPECT_THAT(map(mapper, "").refused, SizeIs(1));
}

TEST(PayloadMapper, MapsOnManyThreadsAtOnce) {
  const auto mapper = mapper_of(std::string(json_head) + needed + "  status: {path: '.s | ascii_downcase'}\n");
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const auto id = std::to_string(t * 1000 + i);
        ports::payload payload;
        payload.body = R"({"id":)" + id + R"(,"at":"2024-03-01T00:00:00Z","s":"S)" + id + "\"}";
        const auto read = mapper.map(payload, now);
        v1::CanonicalEvent event;
        if (read.events.size() == 1 && event.ParseFromString(read.events[0]) && event.ticket_id() == id &&
            event.status() == "s" + id)
          ++right;
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 800);
}

} // namespace
} // namespace cxstream::sources
