#include "base/rfc3339.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

namespace cxstream::base {
namespace {

timestamp at(std::int64_t us) {
  return from_us(us);
}

TEST(Rfc3339, AgreesWithTheJsonSchemaSuite) {
  std::ifstream in(CXSTREAM_SOURCE_DIR "/../shared/data/conformance/rfc3339/jsonschema_format_date-time.json");
  if (!in)
    GTEST_SKIP() << "the conformance data is not here";
  int checked = 0;
  for (const auto& group : nlohmann::json::parse(in))
    for (const auto& test : group["tests"]) {
      if (!test["data"].is_string())
        continue;
      const auto text = test["data"].get<std::string>();
      EXPECT_EQ(parse_rfc3339(text).has_value(), test["valid"].get<bool>()) << text << ": " << test["description"];
      ++checked;
    }
  EXPECT_GE(checked, 20);
}

TEST(Rfc3339, ReadsMicrosecondsAndCutsWhatIsBeyond) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), at(0));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.5Z"), at(1'500'000));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.1234569Z"), at(123'456));
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999999Z"), at(-1));
}

TEST(Rfc3339, TurnsOffsetsIntoUtc) {
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05+05:30"), parse_rfc3339("2026-01-01T21:34:05Z"));
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05-00:00"), parse_rfc3339("2026-01-02T03:04:05Z"));
}

TEST(Rfc3339, TakesALeapSecondForTheSecondAfterIt) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2017-01-01T00:59:60+01:00"), parse_rfc3339("2017-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2017-01-01T00:59:60Z"));
}

TEST(Rfc3339, RefusesEverythingThatIsNotExactlyATime) {
  for (const char* text :
       {"", "Z", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z",
        " 2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z ", "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-02T03:04Z", "-026-01-02T03:04:05Z", "2026-01-02T03:04:05+0100"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
}

TEST(Rfc3339, WritesUtcAndLeavesOutAFractionOfZero) {
  EXPECT_EQ(format_rfc3339(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(at(1)), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(format_rfc3339(at(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-01-02T03:04:05.123456Z")), "2026-01-02T03:04:05.123456Z");
}

TEST(Rfc3339, ReadsBackWhateverItWrites) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> any(to_us(*parse_rfc3339("0000-01-01T00:00:00Z")),
                                                  to_us(*parse_rfc3339("9999-12-31T23:59:59.999999Z")));
  for (int i = 0; i < 20'000; ++i) {
    const auto t = at(any(random));
    ASSERT_EQ(parse_rfc3339(format_rfc3339(t)), t) << "seed 7, round " << i;
  }
}

} // namespace
} // namespace cxstream::base
