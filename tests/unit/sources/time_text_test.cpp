#include "sources/mapping/time_text.hpp"

#include "gtest/gtest.h"

#include <date/date.h>

namespace cxstream::sources {
namespace {

std::string parsed(std::string_view format, std::string_view zone, std::string_view text) {
  const auto rule = time_rule::make(format, zone);
  if (!rule)
    return "rule: " + rule.err().message;
  const auto at = rule->parse(text);
  return at ? date::format("%FT%TZ", *at) : "error";
}

TEST(TimeRule, ReadsDaysBeforeMonthsWithoutLeadingZeros) {
  EXPECT_EQ(parsed("%d/%m/%Y %H:%M", "UTC", "29/2/2016 01:16"), "2016-02-29T01:16:00.000000Z");
  EXPECT_EQ(parsed("%d/%m/%Y %H:%M", "UTC", "5/3/2016 12:00"), "2016-03-05T12:00:00.000000Z");
}

TEST(TimeRule, ReadsFractionsOfASecondAndKeepsMicroseconds) {
  EXPECT_EQ(parsed("%Y/%m/%d %H:%M:%S", "UTC", "2012/10/09 14:50:17.250"), "2012-10-09T14:50:17.250000Z");
  EXPECT_EQ(parsed("rfc3339", "UTC", "2012-10-09T14:50:17.123456789Z"), "2012-10-09T14:50:17.123456Z");
}

TEST(TimeRule, ReadsOffsetsInTheText) {
  EXPECT_EQ(parsed("rfc3339", "UTC", "2013-05-06T10:00:00+02:00"), "2013-05-06T08:00:00.000000Z");
  EXPECT_EQ(parsed("%a %b %d %H:%M:%S %z %Y", "UTC", "Tue Oct 31 22:10:47 +0000 2017"), "2017-10-31T22:10:47.000000Z");
}

TEST(TimeRule, AppliesNamedZonesAndFixedOffsets) {
  EXPECT_EQ(parsed("%Y-%m-%d %H:%M", "Europe/Rome", "2024-07-01 12:00"), "2024-07-01T10:00:00.000000Z");
  EXPECT_EQ(parsed("%Y-%m-%d %H:%M", "Europe/Rome", "2024-01-01 12:00"), "2024-01-01T11:00:00.000000Z");
  EXPECT_EQ(parsed("%Y-%m-%d %H:%M", "-05:30", "2024-01-01 12:00"), "2024-01-01T17:30:00.000000Z");
}

TEST(TimeRule, TakesTheEarlierOfTwoLocalTimesAndTheChangeForASkippedOne) {
  EXPECT_EQ(parsed("%Y-%m-%d %H:%M", "Europe/Rome", "2024-10-27 02:30"), "2024-10-27T00:30:00.000000Z");
  EXPECT_EQ(parsed("%Y-%m-%d %H:%M", "Europe/Rome", "2024-03-31 02:30"), "2024-03-31T01:00:00.000000Z");
}

TEST(TimeRule, ReadsUnixTimes) {
  EXPECT_EQ(parsed("unix_s", "UTC", "1709251200.5"), "2024-03-01T00:00:00.500000Z");
  EXPECT_EQ(parsed("unix_ms", "UTC", "1709251200001"), "2024-03-01T00:00:00.001000Z");
  EXPECT_EQ(parsed("unix_s", "UTC", "nan"), "error");
  EXPECT_EQ(parsed("unix_s", "UTC", "1e300"), "error");
}

TEST(TimeRule, RefusesTextThatIsNotWhollyATimeOfTheFormat) {
  for (const auto* text :
       {"", "31/2/2016 01:16", "29/2/2016", "29/2/2016 25:00", "29/2/2016 01:16 x", "-1/2/2016 00:00"})
    EXPECT_EQ(parsed("%d/%m/%Y %H:%M", "UTC", text), "error") << text;
}

TEST(TimeRule, RefusesFormatsAndZonesThatAreNone) {
  EXPECT_TRUE(parsed("soon", "UTC", "x").starts_with("rule: 'soon' is not a time format"));
  EXPECT_TRUE(parsed("%F", "Mars/Olympus", "x").starts_with("rule: 'Mars/Olympus' is not a time zone"));
  EXPECT_TRUE(parsed("%F", "", "x").starts_with("rule: "));
}

} // namespace
} // namespace cxstream::sources
