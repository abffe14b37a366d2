#include "sources/ndjson/ndjson_reader.hpp"
#include "unit/sources/scratch.hpp"

namespace cxstream::sources {
namespace {

TEST(NdjsonReader, CountsRowsAndLinesAndSkipsBlankOnes) {
  scratch dir;
  auto reader = ndjson_reader::open(dir.write("a.ndjson", "\xEF\xBB\xBF{\"a\":1}\r\n\r\nbroken\n  \n{\"a\":2}"));
  ASSERT_TRUE(reader);
  row r;
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.number, 1u);
  EXPECT_EQ(r.raw, "{\"a\":1}");
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.number, 2u);
  EXPECT_EQ(r.line, 3u);
  EXPECT_FALSE(r.bad) << "what a line says is not the reader's to judge";
  EXPECT_EQ(r.raw, "broken");
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.line, 5u);
  EXPECT_EQ(r.raw, "{\"a\":2}");
  EXPECT_FALSE(*(*reader)->next(r));
}

TEST(NdjsonReader, CutsALineThatIsTooLongAndGoesOn) {
  scratch dir;
  auto reader = ndjson_reader::open(dir.write("a.ndjson", std::string(line_bytes_max + 10, 'x') + "\n{\"a\":2}\n"));
  ASSERT_TRUE(reader);
  row r;
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_TRUE(r.bad);
  EXPECT_LE(r.raw.size(), 1024u);
  ASSERT_TRUE(*(*reader)->next(r));
  EXPECT_EQ(r.raw, "{\"a\":2}");
}

} // namespace
} // namespace cxstream::sources
