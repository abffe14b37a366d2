#include "sources/mapping/load.hpp"
#include "sources/mapping/map_row.hpp"

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
  for (const auto& column : rules.columns) {
    const auto found = values.find(column);
    if (found == values.end())
      r.cells.emplace_back();
    else
      r.cells.emplace_back(*kept.emplace_back(std::make_unique<std::string>(found->second)));
  }
  return r;
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
            R"("status":"open","channel":"web"})");
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
  const auto rules = canonical_mapping();
  row r;
  r.raw = R"({"ticket_id":"7","occurred_at":"2024-03-01T01:00:00+01:00","sentiment":{"label":"negative"}})";
  v1::CanonicalEvent event;
  ASSERT_FALSE(map_row(rules, r, event));
  EXPECT_EQ(event.occurred_at().seconds(), 1'709'251'200);
  EXPECT_EQ(event.sentiment().label(), "negative");
  for (const std::string bad : {"{\"nope\":1}", "[]", "{", "{\"ticket_id\":{}}", "{\"version\":-1}"}) {
    r.raw = bad;
    EXPECT_TRUE(map_row(rules, r, event)) << bad;
  }
}

TEST(EventKey, IsTheSameForTheSameRowAndTellsIdenticalRowsApartByTheirOrdinal) {
  const auto rules = load(std::string(needed) + "identical_rows: distinct\n");
  v1::CanonicalEvent event;
  event.set_ticket_id("7");
  row r;
  r.digest = {1, 2};
  const auto key = event_key(rules, event, r, {1, 0});
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(event_key(rules, event, r, {1, 0}), key);
  EXPECT_EQ(event_key(rules, event, r, {3, 0}), key + "-3");
  r.digest = {1, 3};
  EXPECT_NE(event_key(rules, event, r, {1, 0}), key);
  event.set_version(1);
  r.digest = {1, 2};
  EXPECT_NE(event_key(rules, event, r, {1, 0}), key);
}

TEST(EventKey, PrefersTheEventsOwnKeyThenKeyColumnsThenItsId) {
  const auto columns = load(std::string(needed) + "idempotency_key: {columns: [rev]}\n");
  const auto derived = load(needed);
  v1::CanonicalEvent event;
  event.set_event_id("E1");
  EXPECT_EQ(event_key(derived, event, row_of(derived, {}), {}), "E1");
  auto first = row_of(columns, {{"rev", "1"}});
  auto again = row_of(columns, {{"rev", "1"}, {"id", "other cell"}});
  EXPECT_EQ(event_key(columns, event, first, {}), event_key(columns, event, again, {}));
  EXPECT_NE(event_key(columns, event, first, {}), event_key(columns, event, row_of(columns, {{"rev", "2"}}), {}));
  event.set_idempotency_key("K");
  EXPECT_EQ(event_key(columns, event, first, {}), "K");
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
        bad_file{"format: csv\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {column: a}\n"
                 "  occurred_at: {column: b}\n  version: {row_order: yes}\n",
                 "needs 'identical_rows: distinct'"}));

TEST(Mapping, NamesEveryColumnOnce) {
  const auto rules = load(std::string(needed) + "raw_tags: [id, at, other]\n");
  EXPECT_THAT(rules.columns, ElementsAre("id", "at", "other"));
  EXPECT_THAT(rules.column_lines, ElementsAre(5, 6, 7));
}

} // namespace
} // namespace cxstream::sources
