#include "connectors/postgres/failure.hpp"

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/copy_rows.hpp"
#include "connectors/postgres/dimensions.hpp"

#include <gtest/gtest.h>

namespace cxstream::connectors::postgres {
namespace {

TEST(PostgresFailure, TellsTheServersTroubleFromTheRows) {
  for (const auto* away : {"", "08006", "53100", "53200", "53300", "57P01", "57P03", "57014", "55P03", "42501", "42P01",
                           "28P01", "25006", "58030", "XX000", "0A000", "54001"})
    EXPECT_EQ(fault_of(away), fault::away) << away;
  for (const auto* collision : {"40001", "40P01"})
    EXPECT_EQ(fault_of(collision), fault::collision) << collision;
  for (const auto* row : {"22021", "22003", "22P02", "23505", "23514", "23502", "44000", "54000", "P0001"})
    EXPECT_EQ(fault_of(row), fault::row) << row;
}

TEST(PostgresArrays, QuoteWhatAnArrayWouldTakeForItsOwn) {
  const std::string_view texts[] = {"plain", "a,b", "q\"q", "b\\b", "{}", "NULL", ""};
  EXPECT_EQ(array_of(texts), R"({"plain","a,b","q\"q","b\\b","{}","NULL",""})");
  const std::int64_t numbers[] = {1, -2};
  EXPECT_EQ(array_of(numbers), "{1,-2}");
  EXPECT_EQ(array_of(std::span<const std::int64_t>()), "{}");
}

TEST(PostgresCopyRows, AreWrittenAsTheManualSays) {
  copy_rows rows;
  rows.begin_row(4);
  rows.put_int4(-2);
  rows.null();
  rows.put_jsonb("{}");
  rows.put_time(base::from_us(946'684'800'000'001)); // a microsecond into 2000
  const std::string expected = std::string("PGCOPY\n\377\r\n\0", 11) + std::string(8, '\0') + std::string("\0\4", 2) +
                               std::string("\0\0\0\4\377\377\377\376", 8) + "\377\377\377\377" +
                               std::string("\0\0\0\3\1{}", 7) + std::string("\0\0\0\10\0\0\0\0\0\0\0\1", 12) +
                               "\377\377";
  EXPECT_EQ(rows.finish(), expected);
  EXPECT_EQ(rows.size(), 1U);
  rows.clear();
  EXPECT_EQ(rows.finish().size(), 21U);
}

TEST(PostgresDateKey, IsTheDayInUtc) {
  EXPECT_EQ(date_key(base::from_us(1'767'323'045'000'000)), 20'260'102);
  EXPECT_EQ(date_key(base::from_us(-1)), 19'691'231);
}

} // namespace
} // namespace cxstream::connectors::postgres
