#include "sources/csv/csv_reader.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <rapidjson/document.h>

#include <set>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts(const row& r) {
  std::vector<std::string> out;
  for (const auto& cell : r.cells)
    out.emplace_back(cell.value_or("<absent>"));
  return out;
}

std::vector<row> read(const std::filesystem::path& path, const std::vector<std::string>& wanted,
                      const csv_options& options = {}) {
  auto reader = csv_reader::open(path, options, wanted);
  EXPECT_TRUE(reader) << (reader ? "" : reader.err().message);
  std::vector<row> rows;
  row r;
  static std::vector<std::unique_ptr<std::string>> kept; // the cells of a row live only until the next
  while (reader) {
    auto more = (*reader)->next(r);
    EXPECT_TRUE(more) << (more ? "" : more.err().message);
    if (!more || !*more)
      break;
    rows.push_back(r);
    for (auto& cell : rows.back().cells)
      cell = *kept.emplace_back(std::make_unique<std::string>(cell.value_or("")));
  }
  return rows;
}

TEST(CsvReader, HandsOutTheWantedColumnsInTheWantedOrder) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "a,b,c\n1,2,3\n4,5,6\n"), {"c", "a"});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(texts(rows[0]), ElementsAre("3", "1"));
  EXPECT_THAT(texts(rows[1]), ElementsAre("6", "4"));
}

TEST(CsvReader, ReadsQuotesSeparatorsLineBreaksAndAByteOrderMark) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "\xEF\xBB\xBFid;text\r\n1;\"a;b\r\nsays \"\"no\"\"\"\r\n\r\n2; x \r\n"),
                         {"id", "text"}, {.separator = ';', .columns = {}});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(texts(rows[0]), ElementsAre("1", "a;b\r\nsays \"no\""));
  EXPECT_THAT(texts(rows[1]), ElementsAre("2", " x "));
  EXPECT_EQ(rows[0].line, 2u);
  EXPECT_EQ(rows[1].line, 5u) << "the quoted line break and the blank line count";
  EXPECT_EQ(rows[0].raw, "1;\"a;b\r\nsays \"\"no\"\"\"");
}

TEST(CsvReader, TrimsBlanksAroundUnquotedCellsWhenAskedTo) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "a,b\n x ,\" y \"\n"), {"a", "b"}, {.trim = true, .columns = {}});
  EXPECT_THAT(texts(rows.at(0)), ElementsAre("x", " y "));
}

TEST(CsvReader, RefusesARowWithMoreOrFewerCellsThanTheHeaderAndGoesOn) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "a,b\n1\n1,2,3\n4,5"), {"b"});
  ASSERT_EQ(rows.size(), 3u);
  ASSERT_TRUE(rows[0].bad);
  EXPECT_EQ(rows[0].bad->message, "the row has 1 cells, the header has 2");
  ASSERT_TRUE(rows[1].bad);
  EXPECT_EQ(rows[1].raw, "1,2,3");
  EXPECT_FALSE(rows[2].bad);
  EXPECT_EQ(rows[2].number, 3u);
}

TEST(CsvReader, ReachesTheSecondOfTwoColumnsOfOneNameAndColumnsByNumber) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "v,v,v_2,v\n1,2,3,4\n"), {"v", "v_2", "v_3", "v_4", "#2"});
  EXPECT_THAT(texts(rows.at(0)), ElementsAre("1", "3", "2", "4", "2"));
  EXPECT_THAT(distinct_names({"x", "x", "x"}), ElementsAre("x", "x_2", "x_3"));
}

// A hundred thousand columns of one name, as a hostile header has them: done in no time, or the test would not end.
TEST(CsvReader, NamesAnyNumberOfEqualColumnsApart) {
  const auto names = distinct_names(std::vector<std::string>(100'000));
  EXPECT_EQ(names.back(), "_100000");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(CsvReader, ReadsAFileWithoutAHeaderByNumbersOrGivenNames) {
  scratch dir;
  const auto path = dir.write("a.csv", "1,2\n3,4\n");
  EXPECT_THAT(texts(read(path, {"#2"}, {.header = false, .columns = {}}).at(0)), ElementsAre("2"));
  EXPECT_THAT(texts(read(path, {"id"}, {.header = false, .columns = {"x", "id"}}).at(1)), ElementsAre("4"));
}

TEST(CsvReader, NamesTheColumnsThereAreWhenOneIsMissing) {
  scratch dir;
  const auto reader = csv_reader::open(dir.write("a.csv", "a,b\n"), {}, {"c"});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.err().message, "column 'c' is not in a.csv; it has: a, b");
}

TEST(CsvReader, GivesEqualRowsOneDigestHoweverTheyAreQuoted) {
  scratch dir;
  const auto rows = read(dir.write("a.csv", "a,b\nx,y\n\"x\",\"y\"\nxy,\n"), {"a"});
  EXPECT_EQ(rows.at(0).digest, rows.at(1).digest);
  EXPECT_FALSE(rows.at(0).digest == rows.at(2).digest);
}

TEST(CsvReader, ReportsAQuoteThatIsNeverClosedInsteadOfEatingMemory) {
  scratch dir;
  auto reader = csv_reader::open(dir.write("a.csv", "a\n\"open\n" + std::string(8u << 20u, 'x')), {}, {"a"});
  ASSERT_TRUE(reader);
  row r;
  const auto more = (*reader)->next(r);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.err().message, HasSubstr("line 2"));
  EXPECT_THAT(more.err().message, HasSubstr("quote"));

  auto short_one = csv_reader::open(dir.write("b.csv", "a\n\"open"), {}, {"a"});
  ASSERT_TRUE(short_one);
  EXPECT_FALSE((*short_one)->next(r));
}

TEST(CsvReader, ReadsAnEmptyFileAndOneWithOnlyAHeaderAsNoRows) {
  scratch dir;
  EXPECT_TRUE(read(dir.write("a.csv", ""), {}).empty());
  EXPECT_TRUE(read(dir.write("b.csv", "a,b\n"), {"a"}).empty());
}

TEST(CsvReader, ReadsGzipAndReportsAFileThatIsCutOff) {
  scratch dir;
  std::string text = "a\n";
  for (int i = 0; i < 100'000; ++i)
    text += std::to_string(i * 7919) + "\n";
  const auto path = dir.write_gz("a.csv.gz", text);
  EXPECT_EQ(read(path, {"a"}).size(), 100'000u);

  const auto bytes = read_all(path);
  auto reader = csv_reader::open(dir.write("cut.csv.gz", bytes.substr(0, bytes.size() / 2)), {}, {"a"});
  ASSERT_TRUE(reader);
  row r;
  auto more = (*reader)->next(r);
  while (more && *more)
    more = (*reader)->next(r);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.err().message, HasSubstr("cut off"));
}

TEST(CsvReader, ReadsEveryFileOfCsvSpectrumAsItsJsonSays) {
  const auto archive = shared_data() / "conformance" / "csv" / "csv-spectrum.tar.gz";
  if (!std::filesystem::exists(archive))
    GTEST_SKIP() << "no conformance data";
  scratch dir;
  auto* tar = ::popen(("tar -xzf '" + archive.string() + "' -C '" + dir.path().string() + "'").c_str(), "r");
  ASSERT_NE(tar, nullptr);
  ASSERT_EQ(::pclose(tar), 0);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path() / "csvs")) {
    SCOPED_TRACE(entry.path().filename());
    rapidjson::Document expected;
    expected.Parse(read_all(dir.path() / "json" / (entry.path().stem().string() + ".json")).c_str());
    ASSERT_TRUE(expected.IsArray());
    // The archive's newlines_crlf.csv lost its carriage returns on its way; its answer did not.
    const auto has_returns = read_all(entry.path()).find('\r') != std::string::npos;
    std::vector<std::string> names;
    for (const auto& member : expected[0].GetObject())
      names.emplace_back(member.name.GetString());
    const auto rows = read(entry.path(), names);
    ASSERT_EQ(rows.size(), expected.Size());
    for (rapidjson::SizeType i = 0; i < expected.Size(); ++i) {
      for (std::size_t c = 0; c < names.size(); ++c) {
        std::string text = expected[i][names[c].c_str()].GetString();
        if (!has_returns)
          std::erase(text, '\r');
        EXPECT_EQ(rows[i].cells[c], text);
      }
    }
    ++files;
  }
  EXPECT_GE(files, 11);
}

} // namespace
} // namespace cxstream::sources
