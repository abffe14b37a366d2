#include "sources/ndjson/ndjson_reader.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace cxstream::sources {
namespace {

using testing::HasSubstr;

TEST(JsonRow, FindsValuesByDottedPaths) {
  json_row row({"ticket.id", "tags.1", "a.b", "n", "yes", "none", "missing.x", "tags", "deep"});
  ASSERT_TRUE(row.parse(R"({"ticket":{"id":"T-1"},"tags":["x","y"],"a.b":"dotted","n":1.50,"yes":true,"none":null,
                            "deep":{"x":1}})"));
  const auto& cells = row.cells();
  EXPECT_EQ(cells[0], "T-1");
  EXPECT_EQ(cells[1], "y");
  EXPECT_EQ(cells[2], "dotted");
  EXPECT_EQ(cells[3], "1.50") << "numbers stay as they are written";
  EXPECT_EQ(cells[4], "true");
  EXPECT_FALSE(cells[5]);
  EXPECT_FALSE(cells[6]);
  EXPECT_EQ(cells[7], std::string("x") + array_separator + "y");
  EXPECT_FALSE(cells[8]);
}

TEST(JsonRow, ForgetsTheLineBefore) {
  json_row row({"a"});
  ASSERT_TRUE(row.parse(R"({"a":"1"})"));
  ASSERT_TRUE(row.parse(R"({"b":"2"})"));
  EXPECT_FALSE(row.cells()[0]);
}

TEST(JsonRow, RefusesWhatIsNoJsonObjectAndSaysWhere) {
  json_row row({"a"});
  for (const std::string line : {"", "[1]", "{\"a\":", "{\"a\":1} x", "{\"a\":\"\xff\"}", "NaN"}) {
    SCOPED_TRACE(line);
    const auto parsed = row.parse(line);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.err().code, base::error_code::malformed);
  }
  EXPECT_THAT(row.parse("{\"a\" 1}").err().message, HasSubstr("column 6"));
}

TEST(JsonRow, SurvivesAMillionOpenBrackets) {
  json_row row({"a"});
  EXPECT_FALSE(row.parse("{\"a\":" + std::string(1'000'000, '[')));
  EXPECT_TRUE(row.parse("{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}"));
}

TEST(NdjsonReader, CountsRowsAndLinesAndSkipsBlankOnes) {
  scratch dir;
  auto reader = ndjson_reader::open(dir.write("a.ndjson", "\xEF\xBB\xBF{\"a\":1}\r\n\r\nbroken\n  \n{\"a\":2}"), {"a"});
  ASSERT_TRUE(reader);
  row r;
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.number, 1u);
  EXPECT_EQ(r.cells.at(0), "1");
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.number, 2u);
  EXPECT_EQ(r.line, 3u);
  EXPECT_TRUE(r.bad);
  EXPECT_EQ(r.raw, "broken");
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.line, 5u);
  EXPECT_EQ(r.cells.at(0), "2");
  EXPECT_FALSE(*(*reader)->next(r));
}

TEST(NdjsonReader, CutsALineThatIsTooLongAndGoesOn) {
  scratch dir;
  auto reader =
      ndjson_reader::open(dir.write("a.ndjson", std::string(line_bytes_max + 10, 'x') + "\n{\"a\":2}\n"), {"a"});
  ASSERT_TRUE(reader);
  row r;
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_TRUE(r.bad);
  EXPECT_LE(r.raw.size(), 1024u);
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.cells.at(0), "2");
}

TEST(NdjsonReader, HandsOutEveryNaughtyStringAsItWas) {
  const auto path = shared_data() / "conformance" / "strings" / "blns.json";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "no conformance data";
  rapidjson::Document strings;
  strings.Parse(read_all(path).c_str());
  ASSERT_TRUE(strings.IsArray());
  std::string lines;
  for (const auto& text : strings.GetArray()) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    text.Accept(writer);
    lines += std::string("{\"a\":") + buffer.GetString() + "}\n";
  }
  scratch dir;
  auto reader = ndjson_reader::open(dir.write("blns.ndjson", lines), {"a"});
  ASSERT_TRUE(reader);
  row r;
  for (const auto& text : strings.GetArray()) {
    ASSERT_TRUE(*(*reader)->next(r));
    ASSERT_FALSE(r.bad) << r.raw << ": " << r.bad->message;
    EXPECT_EQ(r.cells.at(0), std::string_view(text.GetString(), text.GetStringLength()));
  }
}

} // namespace
} // namespace cxstream::sources
