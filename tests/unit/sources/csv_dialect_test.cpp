// The relatives of RFC 4180 that files come in.
#include "sources/csv/csv_reader.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using std::string_literals::operator""s;

// Cells with a bar between them, as a text a row; of a row that is bad, its error.
std::vector<std::string> rows_of(const std::filesystem::path& path, const csv_options& options,
                                 const std::vector<std::string>& wanted) {
  auto reader = csv_reader::open(path, options, wanted);
  EXPECT_TRUE(reader) << (reader ? "" : reader.err().message);
  std::vector<std::string> out;
  row r;
  while (reader) {
    const auto more = (*reader)->next(r);
    EXPECT_TRUE(more) << (more ? "" : more.err().message);
    if (!more || !*more)
      break;
    std::string text = r.bad ? r.bad->message : "";
    for (std::size_t i = 0; i < r.cells.size(); ++i)
      text += (i == 0 ? "" : "|") + std::string(r.cells[i].value_or("<absent>"));
    out.push_back(std::to_string(r.line) + ": " + text);
  }
  return out;
}

csv_options with_encoding(const std::string& name) {
  csv_options options;
  options.input.encoding = name;
  return options;
}

TEST(CsvDialect, GuessesTheSeparatorThatMakesTheRowsAlike) {
  csv_options options;
  options.guess_separator = true;
  scratch dir;
  EXPECT_THAT(rows_of(dir.write("a", "id,text\n1,a;b\n2,c\n"), options, {"text"}), ElementsAre("2: a;b", "3: c"));
  EXPECT_THAT(rows_of(dir.write("b", "id;text\n1;1,5\n2;2,5\n"), options, {"text"}), ElementsAre("2: 1,5", "3: 2,5"));
  EXPECT_THAT(rows_of(dir.write("c", "id\ttext\n1\ta, b\n"), options, {"text"}), ElementsAre("2: a, b"));
  EXPECT_THAT(rows_of(dir.write("d", "id|text\n1|\"x|y\"\n"), options, {"text"}), ElementsAre("2: x|y"));
  EXPECT_THAT(rows_of(dir.write("e", "id\n1\n"), options, {"id"}), ElementsAre("2: 1")) << "one column: no separator";
}

TEST(CsvDialect, GuessesFromTheBeginningOfALongFile) {
  csv_options options;
  options.guess_separator = true;
  std::string text = "id;text\n";
  for (int i = 0; i < 50'000; ++i)
    text += std::to_string(i) + ";\"one, two, three\"\n";
  scratch dir;
  const auto rows = rows_of(dir.write("a", text), options, {"id"});
  ASSERT_EQ(rows.size(), 50'000u);
  EXPECT_EQ(rows.back(), "50001: 49999");
}

TEST(CsvDialect, ReadsLineEndsOfEverySortInOneFile) {
  scratch dir;
  EXPECT_THAT(rows_of(dir.write("a", "a,b\r\n1,2\r3,4\n5,6\r\n\"7\r\n7\",8\n9,10"), {}, {"a", "b"}),
              ElementsAre("2: 1|2", "3: 3|4", "4: 5|6", "5: 7\r\n7|8", "7: 9|10"));
}

TEST(CsvDialect, TakesTheCellsThatAShortRowLacksAsAbsentWhenToldTo) {
  csv_options options;
  options.short_rows = csv_options::short_row::is_absent_cells;
  scratch dir;
  EXPECT_THAT(rows_of(dir.write("a", "a,b,c\n1,2\n1,2,3,4\n1,2,3\n"), options, {"a", "c"}),
              ElementsAre("2: 1|<absent>", "3: the row has 4 cells, the header has 3", "4: 1|3"));
}

TEST(CsvDialect, KeepsANulInACell) {
  scratch dir;
  EXPECT_THAT(rows_of(dir.write("a", "a,b\nx\0y,2\n"s), {}, {"a", "b"}), ElementsAre("2: x\0y|2"s));
}

TEST(CsvDialect, ReadsEncodingsAndNamesTheRowTheColumnAndTheByteThatIsNoText) {
  scratch dir;
  EXPECT_THAT(
      rows_of(dir.write("a", "name,n\nJos\xE9,1\nab\x81,2\nx,3\n"), with_encoding("windows-1252"), {"name"}),
      ElementsAre("2: José", HasSubstr("3: column 'name', character 3: byte 0x81 is no text in windows-1252"), "4: x"));
  EXPECT_THAT(rows_of(dir.write("b", "name,n\nJos\xE9,1\nx,3\n"), {}, {"name"}),
              ElementsAre(HasSubstr("2: column 'name', character 4: byte 0xE9 is no text in UTF-8"), "3: x"));
  EXPECT_THAT(rows_of(dir.write("c", "name,n\nx,\xE9\n"), {}, {"name"}), ElementsAre("2: x"))
      << "a column that nobody asks for";
  EXPECT_THAT(rows_of(dir.write("d", "\xFF\xFEi\0d\0\n\0\xF6\0\n\0"s), {}, {"id"}), ElementsAre("2: ö"));
}

} // namespace
} // namespace cxstream::sources
