// Which reader a file gets, and that none of them needs memory in proportion to the file.
#include "sources/files/event_reader.hpp"
#include "sources/files/open_records.hpp"
#include "sources/mapping/load.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <limits>
#include <thread>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string json_rules(const std::string& format, const std::string& each) {
  return "format: " + format + "\nsource_system: d\nevent_type: t\n" +
         (each.empty() ? "" : "each: \"" + each + "\"\n") +
         "fields:\n  ticket_id: {path: .id}\n  occurred_at: {path: .at, format: unix_s}\n";
}

std::vector<std::string> tickets_of(const std::filesystem::path& path, const std::string& rules_text) {
  const auto rules = parse_mapping(rules_text, "m.yaml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
  auto reader = event_reader::open(path, *rules);
  std::vector<std::string> out;
  if (!reader)
    return {reader.err().message};
  mapped_row row;
  auto more = reader->next(row);
  for (; more && *more; more = reader->next(row))
    out.push_back(row.refused ? std::to_string(row.line) + ":" + std::to_string(row.column) + " " + row.refused->message
                              : row.event.ticket_id());
  if (!more)
    out.push_back(more.err().message);
  return out;
}

TEST(FileRecords, ReadOneMappingForPayloadsOfAnySizeFromFiles) {
  scratch dir;
  const auto file = dir.write("a.json", R"({"tickets":[{"id":"1","at":1},{"id":"2","at":2}],"next":null})");
  EXPECT_THAT(tickets_of(file, json_rules("json", ".tickets[]")), ElementsAre("1", "2"));
  EXPECT_THAT(tickets_of(file, json_rules("json", ".tickets[] | select(.id != \\\"1\\\")")), ElementsAre("2"))
      << "a short file can be read whole";
  EXPECT_THAT(tickets_of(file, json_rules("json", ".nothing[]")), ElementsAre(HasSubstr("leads to nothing")));
}

TEST(FileRecords, AskForAPlainPathWhereAFileIsTooLongToBeReadWhole) {
  scratch dir;
  const auto file = dir.write("a.json", "{\"tickets\":[" + std::string(33u << 20u, ' ') + "]}");
  EXPECT_THAT(tickets_of(file, json_rules("json", ".tickets | .[]")),
              ElementsAre(HasSubstr("such as .data.tickets[]")));
}

TEST(FileRecords, AreLinesOrAnArrayOfWhateverNameTheFileHas) {
  scratch dir;
  const auto lines = dir.write("a.json", "{\"id\":\"1\",\"at\":1}\nnonsense\n{\"id\":\"2\",\"at\":2}\n");
  EXPECT_THAT(tickets_of(lines, json_rules("ndjson", "")), ElementsAre("1", HasSubstr("2:0 not JSON"), "2"));
  EXPECT_THAT(tickets_of(dir.write("b", "\n[\n {\"id\":\"1\",\"at\":1},\n {\"id\":\"2\",\"at\":\"x\"}\n]"),
                         json_rules("ndjson", "")),
              ElementsAre("1", HasSubstr("4:2 ")));
  EXPECT_THAT(
      tickets_of(dir.write("c.json", "{\"id\":\"1\",\"at\":1}\n{\"id\":\"2\",\"at\":2}\n"), json_rules("json", "")),
      ElementsAre("1", "2"));
  EXPECT_THAT(tickets_of(dir.write("d.json", R"([{"ticket_id":"7"},{"ticket_id":5}])"), "format: canonical\n"),
              ElementsAre("7", HasSubstr("1:20 ")));
}

TEST(FileRecords, TellWhatAFileIsThatComesWithoutAMapping) {
  scratch dir;
  EXPECT_EQ(*look_at(dir.write("a", "  {\"a\":1}")), file_look::json);
  EXPECT_EQ(*look_at(dir.write("b", "\xEF\xBB\xBF[1]")), file_look::json);
  EXPECT_EQ(*look_at(dir.write("c", "id,at\n")), file_look::table);
  EXPECT_EQ(*look_at(dir.write("d", "<?xml version='1.0'?><desk/>")), file_look::xml);
  EXPECT_EQ(*look_at(dir.write_gz("e", "<?xml version='1.0'?>\n<!-- x --><log xes.version='1.0'>")),
            file_look::event_log);
}

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// What a reader's memory grows by while a stream of that text passes: head, 50 MB of items, tail.
struct passage {
  std::size_t rows = 0;
  std::size_t growth_bytes = 0;
  std::string error;
};

passage pass(const std::string& rules_text, const std::string& head, const std::function<std::string(int)>& item,
             const std::string& tail) {
  constexpr std::size_t stream_bytes = 50'000'000;
  scratch dir;
  const auto pipe = dir.path() / "pipe";
  EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::jthread writer([&] {
    std::ofstream to(pipe, std::ios::binary);
    to << head;
    std::size_t written = 0;
    for (int i = 0; written < stream_bytes && to; ++i) {
      const auto text = item(i);
      to << text;
      written += text.size();
    }
    to << tail;
  });
  passage out;
  const auto rules = parse_mapping(rules_text, "m.yaml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
  auto records = open_records(pipe, *rules);
  if (!records)
    return {0, 0, records.err().message};
  found_record found;
  std::size_t before = 0;
  auto more = (*records)->next(found);
  for (; more && *more; more = (*records)->next(found)) {
    if (++out.rows == 1000)
      before = resident_bytes();
    if (out.rows % 10'000 == 0 && before > 0)
      out.growth_bytes = std::max(out.growth_bytes, resident_bytes() - std::min(before, resident_bytes()));
  }
  if (!more)
    out.error = more.err().message;
  return out;
}

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t growth_max = std::numeric_limits<std::size_t>::max(); // what is freed is kept for a while
#else
constexpr std::size_t growth_max = 8u << 20u;
#endif

TEST(FileRecords, PassInConstantMemoryAsATable) {
  const auto got = pass(
      "format: csv\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {column: id}\n"
      "  occurred_at: {column: at, format: unix_s}\n",
      "id,at,text\n", [](int i) { return std::to_string(i) + ",1,\"some, \n text of a row\"\n"; }, "");
  EXPECT_EQ(got.error, "");
  EXPECT_GT(got.rows, 1'000'000u);
  EXPECT_LT(got.growth_bytes, growth_max);
}

TEST(FileRecords, PassInConstantMemoryAsAnArray) {
  const auto got = pass(
      json_rules("json", ".data.tickets[]"), "{\"skipped\":[{},[1]],\"data\":{\"tickets\":[",
      [](int i) {
        return (i == 0 ? "{\"id\":\"" : ",\n{\"id\":\"") + std::to_string(i) +
               "\",\"at\":1,\"more\":{\"text\":[\"some text of a record\"]}}";
      },
      "]}}");
  EXPECT_EQ(got.error, "");
  EXPECT_GT(got.rows, 500'000u);
  EXPECT_LT(got.growth_bytes, growth_max);
}

TEST(FileRecords, PassInConstantMemoryAsAnEventLog) {
  const auto got = pass(
      "format: xes\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {xpath: trace/@id}\n"
      "  occurred_at: {xpath: \"date/@value\", format: rfc3339}\n",
      "<log>",
      [](int i) {
        return "<trace>\n <string key='concept:name' value='" + std::to_string(i) +
               "'/>\n <event>\n  <date key='time:timestamp' value='2026-01-01T00:00:00Z'/>\n </event>\n"
               " <event/>\n</trace>\n";
      },
      "</log>");
  EXPECT_EQ(got.error, "");
  EXPECT_GT(got.rows, 500'000u);
  EXPECT_LT(got.growth_bytes, growth_max);
}

} // namespace
} // namespace cxstream::sources
