#include "sources/input/byte_input.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <zstd.h>

namespace cxstream::sources {
namespace {

using testing::HasSubstr;
using std::string_literals::operator""s;

base::result<std::string> text_of(const std::filesystem::path& path, const input_options& options = {}) {
  auto input = byte_input::open(path, options);
  if (!input)
    return input.err();
  std::string out;
  while (true) {
    const auto piece = input->read();
    if (!piece)
      return piece.err();
    if (piece->empty())
      return out;
    out += *piece;
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += std::to_string(i * 7919) + (i % 5 == 0 ? "\n" : " ");
  return text;
}

std::string gzip(const std::string& text) {
  scratch dir;
  return read_all(dir.write_gz("a", text));
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

TEST(ByteInput, TellsGzipAndZstdByTheirFirstBytesAndNotByTheName) {
  scratch dir;
  const auto text = long_text();
  EXPECT_EQ(*text_of(dir.write("plain.gz", text)), text);
  EXPECT_EQ(*text_of(dir.write("a.csv", gzip(text))), text);
  EXPECT_EQ(*text_of(dir.write("b.csv", zstd(text))), text);
  EXPECT_EQ(*text_of(dir.write("empty", "")), "");
  EXPECT_EQ(*text_of(dir.write("empty.gz", gzip(""))), "");
}

TEST(ByteInput, ReadsMembersAndFramesThatFollowOneAnotherAsOneText) {
  scratch dir;
  const auto text = long_text();
  EXPECT_EQ(*text_of(dir.write("a", gzip("one,") + gzip("") + gzip(text))), "one," + text);
  EXPECT_EQ(*text_of(dir.write("b", gzip("one") + "\0\0\0\0"s)), "one") << "padding of zeros";
  EXPECT_EQ(*text_of(dir.write("c", zstd(text) + "\x50\x2A\x4D\x18\x02\0\0\0xx"s + zstd("two"))), text + "two");
}

TEST(ByteInput, SaysWhereAPackedFileIsCutOff) {
  scratch dir;
  for (const auto& packed : {gzip(long_text()), zstd(long_text())}) {
    for (const auto size : {packed.size() / 2, packed.size() - 1}) {
      const auto cut = text_of(dir.write("cut", packed.substr(0, size)));
      ASSERT_FALSE(cut);
      EXPECT_EQ(cut.err().code, base::error_code::malformed);
      EXPECT_THAT(cut.err().message, HasSubstr("cut off"));
      EXPECT_THAT(cut.err().message, HasSubstr("after byte " + std::to_string(size)));
    }
  }
}

TEST(ByteInput, SaysWhereAPackedFileIsDamaged) {
  scratch dir;
  for (auto packed : {gzip(long_text()), zstd(long_text())}) {
    for (std::size_t i = 0; i < 64; ++i)
      packed[packed.size() / 2 + i] = static_cast<char>(i * 37);
    const auto damaged = text_of(dir.write("damaged", packed));
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.err().code, base::error_code::malformed);
    EXPECT_THAT(damaged.err().message, testing::ContainsRegex("is damaged at byte [0-9]+"));
  }
  const auto trailing = text_of(dir.write("trailing", gzip("one") + "more"));
  ASSERT_FALSE(trailing);
  EXPECT_THAT(trailing.err().message, HasSubstr("incorrect header check"));
}

TEST(ByteInput, DropsTheByteOrderMarkAndConvertsUtf16) {
  scratch dir;
  EXPECT_EQ(*text_of(dir.write("a", "\xEF\xBB\xBFö")), "ö");
  EXPECT_EQ(*text_of(dir.write("b", "\xFF\xFE\xF6\x00\n\x00"s)), "ö\n");
  EXPECT_EQ(*text_of(dir.write("c", "\xFE\xFF\x00\xF6\xD8\x3D\xDE\x00"s)), "ö😀");
  EXPECT_EQ(*text_of(dir.write("d", "\xEF\xBB\xBF")), "");
  EXPECT_EQ(*text_of(dir.write("e", "\xEF\xBB")), "\xEF\xBB");
  EXPECT_EQ(*text_of(dir.write("f.gz", gzip("\xFF\xFE\xF6\x00"s))), "ö") << "the mark is in the unpacked text";
  EXPECT_EQ(*text_of(dir.write("g", "\xEF\xBB\xBFö"), {"windows-1252"}), "ö") << "the mark wins over what was said";
}

TEST(ByteInput, ConvertsTheEncodingThatTheMappingNames) {
  scratch dir;
  EXPECT_EQ(*text_of(dir.write("a", "\x80 \xE9"), {"windows-1252"}), "€ é");
  EXPECT_EQ(*text_of(dir.write("b", "\xA4"), {"iso-8859-15"}), "€");
  std::string wide;
  std::string expected;
  for (int i = 0; i < 200'000; ++i) {
    wide += "\x83\x65"; // two bytes a character, cut by every odd piece
    expected += "テ";
  }
  EXPECT_EQ(*text_of(dir.write("c", "x" + wide), {"shift_jis"}), "x" + expected);
  EXPECT_FALSE(check_encoding("latin-99"));
  EXPECT_TRUE(check_encoding("iso-8859-1"));
}

TEST(ByteInput, LeavesWhatTheEncodingDoesNotHaveAsBytesThatAreNoUtf8) {
  scratch dir;
  EXPECT_EQ(*text_of(dir.write("a", "a\x81z"), {"windows-1252"}), "a\x81z");
  EXPECT_EQ(*text_of(dir.write("b", "\xFE\xFF\xD8\x00\x00\x61"s)), "\xFF"
                                                                   "a")
      << "half of a surrogate pair";
  EXPECT_EQ(*text_of(dir.write("c", "\xFE\xFF\x00\x61\x00"s)), "a\xFF") << "half a character at the end";
}

TEST(ByteInput, HandsOutItsHeadAgain) {
  scratch dir;
  for (const std::string text : {"ab", "longer than a small string is"}) {
    auto input = byte_input::open(dir.write("a", text));
    ASSERT_TRUE(input);
    EXPECT_EQ(*input->head(), text);
    auto moved = *std::move(input);
    EXPECT_EQ(*moved.head(), text);
    EXPECT_EQ(*moved.read(), text);
    EXPECT_EQ(*moved.read(), "");
  }
}

TEST(ByteInput, TellsAFolderAndAFileThatIsNotThere) {
  scratch dir;
  EXPECT_EQ(byte_input::open(dir.path()).err().code, base::error_code::invalid_argument);
  EXPECT_EQ(byte_input::open(dir.path() / "none").err().code, base::error_code::not_found);
}

} // namespace
} // namespace cxstream::sources
