#include "sources/files/import_ledger.hpp"
#include "sources/files/rejects_file.hpp"
#include "sources/files/resume_state.hpp"
#include "sources/files/row_sequence.hpp"
#include "sources/mapping/load.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <rapidjson/document.h>

#include <set>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

import_counts taken(std::uint64_t accepted, std::uint64_t rejected = 0) {
  import_counts counts;
  counts.accepted = accepted;
  counts.rejected = rejected;
  return counts;
}

TEST(ImportLedger, SettlesRowsOnlyWhenAllBeforeThemAreSettled) {
  import_ledger ledger;
  ledger.sent(1, 10);
  ledger.sent(2, 5);
  ledger.sent(3, 1);
  ledger.settle(2, taken(4, 1), {"second\n"});
  EXPECT_EQ(ledger.settled(), 0u);
  EXPECT_THAT(ledger.take_refused_lines(), IsEmpty());
  ledger.settle(1, taken(9, 1), {"first\n"});
  EXPECT_EQ(ledger.settled(), 15u);
  EXPECT_THAT(ledger.take_refused_lines(), ElementsAre("first\n", "second\n"));
  EXPECT_THAT(ledger.take_refused_lines(), IsEmpty());
  EXPECT_EQ(ledger.counts().accepted, 13u);
  EXPECT_EQ(ledger.counts().rows, 15u);
  ledger.settle(3, taken(1), {});
  EXPECT_EQ(ledger.settled(), 16u);
  EXPECT_FALSE(ledger.counts().all_taken());
}

TEST(ImportLedger, GoesOnFromAnEarlierRun) {
  import_ledger ledger(100, taken(100));
  ledger.sent(1, 2);
  ledger.settle(1, taken(2), {});
  ledger.settle(1, taken(2), {});
  EXPECT_EQ(ledger.settled(), 102u);
  EXPECT_EQ(ledger.counts().accepted, 102u);
}

TEST(ImportLedger, CountsEachOutcome) {
  import_counts counts;
  v1::EventResult result;
  for (const auto outcome : {v1::ACCEPTED, v1::DUPLICATE, v1::CONFLICT, v1::REJECTED}) {
    result.set_outcome(outcome);
    result.set_late(outcome == v1::ACCEPTED);
    count(counts, result);
  }
  EXPECT_EQ(counts.accepted + counts.duplicate + counts.conflict + counts.rejected, 4u);
  EXPECT_EQ(counts.late, 1u);
}

TEST(ResumeState, ReadsBackWhatItWrote) {
  scratch dir;
  const auto path = dir.path() / "state";
  resume_state state{{10, -5, "m", "s:1", 42}, 7, taken(6, 1), 99, 1.5};
  ASSERT_TRUE(write_state(path, state));
  state.settled = 8;
  ASSERT_TRUE(write_state(path, state));
  const auto read = read_state(path);
  ASSERT_TRUE(read);
  ASSERT_TRUE(*read);
  EXPECT_EQ((*read)->identity, state.identity);
  EXPECT_EQ((*read)->settled, 8u);
  EXPECT_EQ((*read)->counts, state.counts);
  EXPECT_EQ((*read)->rejects_bytes, 99u);
  EXPECT_EQ((*read)->seconds, 1.5);
  remove_state(path);
  EXPECT_FALSE(*read_state(path));
}

TEST(ResumeState, RefusesAFileThatIsNone) {
  scratch dir;
  for (const std::string text : {"", "{}", "[1]", "{\"version\":2}", "{\"version\":1,\"settled\":\"x\"}"}) {
    SCOPED_TRACE(text);
    const auto read = read_state(dir.write("state", text));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.err().code, base::error_code::malformed);
  }
}

TEST(ResumeState, NoticesAnotherFileMappingServerOrOrder) {
  scratch dir;
  const auto file = dir.write("a.csv", "a\n1\n");
  const auto before = *identify(file, "m", "s", std::nullopt);
  EXPECT_EQ(before, *identify(file, "m", "s", std::nullopt));
  EXPECT_NE(before, *identify(file, "other", "s", std::nullopt));
  EXPECT_NE(before, *identify(file, "m", "other", std::nullopt));
  EXPECT_NE(before, *identify(file, "m", "s", 1));
  dir.write("a.csv", "a\n1\n2\n");
  EXPECT_NE(before, *identify(file, "m", "s", std::nullopt));
  EXPECT_FALSE(identify(dir.path() / "none", "m", "s", std::nullopt));
}

TEST(RejectsFile, IsCutBackToTheRememberedLength) {
  scratch dir;
  const auto path = dir.path() / "rejects.ndjson";
  {
    auto file = rejects_file::open(path, 0);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append({"one\n", "two\n"}));
    EXPECT_EQ(file->size_bytes(), 8u);
  }
  auto file = rejects_file::open(path, 4);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append({"three\n"}));
  EXPECT_EQ(read_all(path), "one\nthree\n");
}

TEST(RejectsFile, KeepsRowsThatAreNoUtf8) {
  rapidjson::Document json;
  json.Parse(reject_line("a.csv", {1, 2, 7}, "x\xff", {v1::INVALID_UTF8, "status", "not UTF-8"}).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_STREQ(json["raw_base64"].GetString(), "eP8=");
  EXPECT_STREQ(json["reason"].GetString(), "INVALID_UTF8");
  json.Parse(reject_line("a.csv", {1, 2, 7}, "\"ü\"", {v1::MALFORMED, "", ""}).c_str());
  EXPECT_STREQ(json["raw"].GetString(), "\"ü\"");
}

constexpr const char* rules_text = "format: csv\nsource_system: d\nevent_type: t\nidentical_rows: distinct\n"
                                   "fields:\n  ticket_id: {column: id}\n  occurred_at: {column: at, format: unix_s}\n"
                                   "  version: {row_order: yes}\n";

std::vector<prepared_row> all(const std::filesystem::path& path, std::optional<std::uint64_t> seed) {
  const auto rules = parse_mapping(rules_text, "m.yaml");
  auto rows = row_sequence::open(path, *rules, seed);
  EXPECT_TRUE(rows);
  std::vector<prepared_row> out;
  prepared_row row;
  while (*rows->next(row))
    out.push_back(row);
  return out;
}

TEST(RowSequence, ShufflesByTheSeedAndChangesNoEvent) {
  scratch dir;
  std::string text = "id,at\n";
  for (int i = 0; i < 300; ++i)
    text += std::to_string(i % 7) + "," + std::to_string(1'700'000'000 + i % 10) + "\n";
  const auto path = dir.write("a.csv", text + "1,never\n");
  std::set<std::pair<std::uint64_t, std::string>> events[2];
  const auto in_order = all(path, std::nullopt);
  const auto shuffled = all(path, 5);
  const auto again = all(path, 5);
  ASSERT_EQ(in_order.size(), 301u);
  ASSERT_EQ(shuffled.size(), 301u);
  bool moved = false;
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    events[0].emplace(in_order[i].number, in_order[i].event);
    events[1].emplace(shuffled[i].number, shuffled[i].event);
    EXPECT_EQ(shuffled[i].number, again.at(i).number);
    moved = moved || in_order[i].number != shuffled[i].number;
  }
  EXPECT_TRUE(moved);
  EXPECT_EQ(events[0], events[1])
      << "keys and versions count rows in the file's order, whatever order they are sent in";
}

} // namespace
} // namespace cxstream::sources
