#include "sources/csv/csv_record.hpp"
#include "sources/mapping/load.hpp"
#include "sources/mapping/record_mapper.hpp"

#include "google/protobuf/util/json_util.h"
#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* head = "format: csv\nsource_system: desk\nevent_type: ticket.updated\n";

mapping load(const std::string& rest) {
  auto rules = parse_mapping(head + rest, "m.yaml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
  return rules ? *std::move(rules) : mapping{};
}

// A row with the given values of the mapping's columns.
row row_of(const mapping& rules, const std::map<std::string, std::string, std::less<>>& values) {
  static std::vector<std::unique_ptr<std::string>> kept;
  row r;
  for (const auto& column : rules.selectors) {
    const auto found = values.find(column.text);
    if (found == values.end())
      r.cells.emplace_back();
    else
      r.cells.emplace_back(*kept.emplace_back(std::make_unique<std::string>(found->second)));
  }
  return r;
}

std::optional<row_reject> map_row(const mapping& rules, const row& from, v1::CanonicalEvent& event) {
  mapped_record out;
  csv_record record(from);
  map_record(rules, record, base::timestamp{}, out);
  event = out.event;
  return out.refused;
}

std::string key_of(const mapping& rules, const v1::CanonicalEvent& event, const row& from,
                   const row_ordinals& ordinals) {
  csv_record record(from);
  const auto key = event_key(rules, event, record, ordinals);
  EXPECT_TRUE(key);
  return key ? *key : std::string();
}

std::string json(const v1::CanonicalEvent& event) {
  std::string out;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(event, &out, options).ok());
  return out;
}

constexpr const char* needed = "fields:\n  ticket_id: {column: id}\n  occurred_at: {column: at}\n";

TEST(Mapping, MakesAnEventOfARow) {
  const auto rules = load(std::string(needed) + R"(  status: {column: state, lookup: {Offen: open}}
  sentiment.score: {column: mood}
  version: {column: rev}
  channel: {constant: web}
  canonical_tag: {template: "{group}/{kind}"}
raw_tags: [{prefix: "group:", column: group}, kind, {column: labels, split: ";"}]
custom_metrics: {wait_s: wait}
)");
  v1::CanonicalEvent event;
  const auto refused = map_row(rules,
                               row_of(rules, {{"id", "7"},
                                              {"at", "2024-03-01T00:00:00Z"},
                                              {"state", "Offen"},
                                              {"mood", "-0.5"},
                                              {"rev", "3"},
                                              {"group", "billing"},
                                              {"kind", "refund"},
                                              {"labels", "a; b;;c"},
                                              {"wait", "2.5"}}),
                               event);
  ASSERT_FALSE(refused) << refused->message;
  EXPECT_EQ(json(event),
            R"({"event_type":"ticket.updated","occurred_at":"2024-03-01T00:00:00Z","ticket_id":"7",)"
            R"("sentiment":{"score":-0.5},"canonical_tag":"billing/refund","custom_metrics":{"wait_s":2.5},)"
            R"("source_system":"desk","version":"3","raw_tags":["group:billing","refund","a","b","c"],)"
            R"("status":"open","channel":"web","mapping_version":"m@1"})");
}

TEST(Mapping, LeavesAbsentWhatIsEmptyOrListedAsEmpty) {
  const auto rules = load(std::string("empty: [\"?\", N/A]\n") + needed +
                          "  status: {column: state}\n  agent_id: {template: \"agent {agent}\"}\n"
                          "raw_tags: [tag]\ncustom_metrics: {n: n}\n");
  v1::CanonicalEvent event;
  ASSERT_FALSE(
      map_row(rules, row_of(rules, {{"id", "7"}, {"at", "?"}, {"state", "?"}, {"agent", "N/A"}, {"tag", ""}}), event));
  EXPECT_FALSE(event.has_status());
  EXPECT_FALSE(event.has_agent_id());
  EXPECT_FALSE(event.has_occurred_at());
  EXPECT_TRUE(event.raw_tags().empty());
  EXPECT_TRUE(event.custom_metrics().empty());
}

TEST(Mapping, TakesTheFirstAlternativeThatHasAValue) {
  const auto rules =
      load("fields:\n  ticket_id: [{column: a}, {column: b}, {constant: none}]\n  occurred_at: {column: at}\n");
  v1::CanonicalEvent event;
  ASSERT_FALSE(map_row(rules, row_of(rules, {{"a", ""}, {"b", "B"}}), event));
  EXPECT_EQ(event.ticket_id(), "B");
  ASSERT_FALSE(map_row(rules, row_of(rules, {}), event));
  EXPECT_EQ(event.ticket_id(), "none");
}

TEST(Mapping, RefusesARowWhoseNumbersOrTimesAreNone) {
  const auto rules = load(std::string(needed) + "  version: {column: rev}\ncustom_metrics: {n: n}\n");
  v1::CanonicalEvent event;
  auto refused = map_row(rules, row_of(rules, {{"id", "7"}, {"at", "yesterday"}}), event);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, v1::INVALID_TIME);
  EXPECT_EQ(refused->field_path, "occurred_at");
  refused = map_row(rules, row_of(rules, {{"id", "7"}, {"rev", "-1"}}), event);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->message, "'-1' is not a whole number of 0 or more");
  refused = map_row(rules, row_of(rules, {{"id", "7"}, {"n", "12 min"}}), event);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->field_path, "custom_metrics.n");
}

TEST(Mapping, ReadsCanonicalLinesWithTheContractsNames) {
  mapped_record out;
  read_canonical(R"({"ticket_id":"7","occurred_at":"2024-03-01T01:00:00+01:00","sentiment":{"label":"negative"}})",
                 out);
  ASSERT_FALSE(out.refused);
  EXPECT_EQ(out.event.occurred_at().seconds(), 1'709'251'200);
  EXPECT_EQ(out.event.sentiment().label(), "negative");
  for (const std::string bad : {"{\"nope\":1}", "[]", "{", "{\"ticket_id\":{}}", "{\"version\":-1}"}) {
    read_canonical(bad, out);
    EXPECT_TRUE(out.refused) << bad;
  }
}

TEST(EventKey, IsTheSameForTheSameRowAndTellsIdenticalRowsApartByTheirOrdinal) {
  const auto rules = load(std::string(needed) + "identical_rows: distinct\n");
  v1::CanonicalEvent event;
  event.set_ticket_id("7");
  row r;
  r.digest = {1, 2};
  const auto key = key_of(rules, event, r, {1, 0});
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key_of(rules, event, r, {1, 0}), key);
  EXPECT_EQ(key_of(rules, event, r, {3, 0}), key + "-3");
  r.digest = {1, 3};
  EXPECT_NE(key_of(rules, event, r, {1, 0}), key);
  event.set_version(1);
  r.digest = {1, 2};
  EXPECT_NE(key_of(rules, event, r, {1, 0}), key);
}

TEST(EventKey, PrefersTheEventsOwnKeyThenKeyColumnsThenItsId) {
  const auto columns = load(std::string(needed) + "idempotency_key: {columns: [rev]}\n");
  const auto derived = load(needed);
  v1::CanonicalEvent event;
  event.set_event_id("E1");
  EXPECT_EQ(key_of(derived, event, row_of(derived, {}), {}), "E1");
  auto first = row_of(columns, {{"rev", "1"}});
  auto again = row_of(columns, {{"rev", "1"}, {"id", "other cell"}});
  EXPECT_EQ(key_of(columns, event, first, {}), key_of(columns, event, again, {}));
  EXPECT_NE(key_of(columns, event, first, {}), key_of(columns, event, row_of(columns, {{"rev", "2"}}), {}));
  event.set_idempotency_key("K");
  EXPECT_EQ(key_of(columns, event, first, {}), "K");
}

struct bad_file {
  const char* text;
  const char* message;
};

class BrokenMapping : public testing::TestWithParam<bad_file> {};

TEST_P(BrokenMapping, IsRefusedWithFileAndLine) {
  const auto rules = parse_mapping(GetParam().text, "m.yaml");
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.err().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Mapping, BrokenMapping,
    testing::Values(
        bad_file{"format: csv\n\tx", "m.yaml:2: not YAML"}, bad_file{"[1]", "m.yaml:1: the mapping must be a map"},
        bad_file{"fields: {}\n", "m.yaml:1: the mapping needs 'format'"},
        bad_file{"format: xls\n", "m.yaml:1: format 'xls' is unknown"},
        bad_file{"format: csv\nfeilds: {}\n", "m.yaml:2: unknown key 'feilds'"},
        bad_file{"format: canonical\nfields: {}\n", "'fields' has no meaning with format: canonical"},
        bad_file{"format: ndjson\ncsv: {header: no}\n", "'csv' belongs to format: csv"},
        bad_file{"format: csv\ncsv:\n  separator: ab\n", "m.yaml:3: 'separator' must be one character"},
        bad_file{"format: csv\ncsv: {columns: [a]}\n", "columns are named by the header"},
        bad_file{"format: csv\nfields:\n  ticket_id: id\n", "m.yaml:3: write {column: …}"},
        bad_file{"format: csv\nfields:\n  ticket_id: {column: a, constant: b}\n", "exactly one of column, constant"},
        bad_file{"format: csv\nfields:\n  tiket: {column: a}\n", "m.yaml:3: 'tiket' is not a field"},
        bad_file{"format: csv\nfields:\n  sentiment.mood: {column: a}\n", "has no part 'mood'"},
        bad_file{"format: csv\nfields:\n  status: {column: a, format: x}\n", "unknown key 'format'"},
        bad_file{"format: csv\nfields:\n  occurred_at: {column: a, zone: Nowhere}\n", "not a time zone"},
        bad_file{"format: csv\nfields:\n  status: {column: a, lookup: nope}\n", "there is no lookup 'nope'"},
        bad_file{"format: csv\nfields:\n  status: {template: \"{a\"}\n", "m.yaml:3: in a template"},
        bad_file{"format: csv\nfields:\n  ticket_id: {column: a}\n", "'source_system' is missing"},
        bad_file{"format: csv\nsource_system: d\nevent_type: t\nidentical_rows: maybe\n", "m.yaml:4: identical_rows"},
        bad_file{"format: json\nfields:\n  ticket_id: {column: a}\n", "unknown key 'column' in 'ticket_id'"},
        bad_file{"format: json\nfields:\n  ticket_id: {path: .a, null: clears}\n", "'ticket_id' cannot be cleared"},
        bad_file{"format: json\nfields:\n  status: {path: .a, null: kept}\n", "null can only be 'clears'"},
        bad_file{"format: json\nfields:\n  mapping_version: {path: .a}\n", "is not a field that can be mapped"},
        bad_file{"format: json\nfields:\n  status: {path: .a, lookup_other: drop_value}\n", "goes with a lookup"},
        bad_file{"format: json\nfields:\n  occurred_at: {path: .a, format: []}\n", "format is an empty list"},
        bad_file{"format: csv\neach: x\n", "m.yaml:2: 'each' splits json, ndjson and xml"},
        bad_file{"format: csv\ndrop: [{when: a, reason: b}]\n", "write when: {column: …, in: [...]}"},
        bad_file{"format: json\ndrop: [{when: .a}]\n", "a drop rule needs 'reason'"},
        bad_file{"format: xml\neach: count(a)\n", "m.yaml:2: 'count(a)' gives no elements"},
        bad_file{"format: xml\nfields:\n  status: {xpath: 'a['}\n", "m.yaml:3: not an XPath"},
        bad_file{"format: json\nname: My Desk\n", "m.yaml:2: a mapping's name has lower-case letters"},
        bad_file{"format: json\nversion: 1.5\n", "m.yaml:2: version must be a whole number"},
        bad_file{"format: json\nexamples: [{name: a, input: {}}]\n", "exactly one of expect, dropped, rejected"},
        bad_file{"format: json\nexamples: [{input: {}, expect: [{tiket_id: a}]}]\n", "expect: not a canonical event"},
        bad_file{"format: json\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {path: .a}\n"
                 "  occurred_at: {path: .b}\nidempotency_key: {constant: x}\n",
                 "m.yaml:7: an idempotency_key cannot be a constant"},
        bad_file{"format: json\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {path: .a}\n"
                 "  occurred_at: {path: .b}\n  status: {path: '.c | nope'}\n  priority: {path: '.d | ascii_upcase'}\n",
                 "m.yaml:7: jq cannot read '.c | nope': nope/0 is not defined"},
        bad_file{"format: csv\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {column: a}\n"
                 "  occurred_at: {column: b}\n  version: {row_order: yes}\n",
                 "needs 'identical_rows: distinct'"}));

TEST(Mapping, NamesEveryColumnOnce) {
  const auto rules = load(std::string(needed) + "raw_tags: [id, at, other]\n");
  EXPECT_THAT(rules.selector_texts(), ElementsAre("id", "at", "other"));
  EXPECT_EQ(rules.selectors.back().line, 7);
}

} // namespace
} // namespace cxstream::sources
