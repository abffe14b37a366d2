#include "config/quantities.hpp"
#include "config/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace cxstream::config {
namespace {

using namespace std::chrono_literals;

TEST(Quantities, ReadDurations) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("30d"), 720h);
  EXPECT_EQ(parse_duration("0"), 0ms);
  for (const char* bad : {"", "5", "s", "-1s", "1.5s", "1 s", "s1", "1S", "1w", "1s ", "99999999999999999999s",
                          "9223372036854775807d", "40000d"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Quantities, ReadSizes) {
  EXPECT_EQ(parse_size("4096"), 4'096u);
  EXPECT_EQ(parse_size("1B"), 1u);
  EXPECT_EQ(parse_size("64KiB"), 65'536u);
  EXPECT_EQ(parse_size("128MiB"), 134'217'728u);
  EXPECT_EQ(parse_size("2GiB"), 2'147'483'648u);
  for (const char* bad : {"", "KiB", "64kb", "64K", "-1", "1.5MiB", "18446744073709551615GiB", "0x10"})
    EXPECT_FALSE(parse_size(bad)) << bad;
}

TEST(Suggest, CountsInsertedDeletedReplacedAndSwappedLetters) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("filetr", "filter"), 1u);
}

TEST(Suggest, OffersTheCloseWordOrListsAll) {
  const std::array<std::string_view, 3> known = {"sqlite", "webhook", "file"};
  EXPECT_EQ(suggestion("sqllite", known), "; did you mean \"sqlite\"?");
  EXPECT_EQ(suggestion("kafka", known), "; known are: sqlite, webhook, file");
  EXPECT_EQ(closest("x", known), "");
}

TEST(Rates, AreAmountsInASecondAMinuteOrAnHour) {
  EXPECT_EQ(parse_rate("200/s"), 200.0);
  EXPECT_EQ(parse_rate("12000/m"), 200.0);
  EXPECT_EQ(parse_rate("3600/h"), 1.0);
  EXPECT_EQ(parse_byte_rate("10MiB/s"), 10.0 * 1024 * 1024);
  EXPECT_EQ(parse_byte_rate("60KiB/m"), 1024.0);
  for (const char* wrong : {"", "200", "/s", "200/", "200/d", "-1/s", "1.5/s", "200 /s", "200/ss", "10MiB/s"})
    EXPECT_FALSE(parse_rate(wrong)) << wrong;
  for (const char* wrong : {"10MB/s", "10MiB", "MiB/s", "/s"})
    EXPECT_FALSE(parse_byte_rate(wrong)) << wrong;
}

} // namespace
} // namespace cxstream::config
