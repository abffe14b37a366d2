#include "terminal/number_text.hpp"
#include "terminal/progress.hpp"
#include "terminal/table.hpp"

#include "gtest/gtest.h"

namespace cxstream::terminal {
namespace {

using std::chrono::milliseconds;

const style plain(style::colours::off);

TEST(NumberText, GroupsThousandsAndChoosesUnits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(percent(0.125), "12.5 %");
  EXPECT_EQ(per_second(3.14), "3.1/s");
  EXPECT_EQ(per_second(12'340.4), "12,340/s");
}

TEST(NumberText, SaysSpansOfTimeShortly) {
  EXPECT_EQ(span(milliseconds(850)), "850 ms");
  EXPECT_EQ(span(milliseconds(2'400)), "2.4 s");
  EXPECT_EQ(span(milliseconds(59'990)), "1 min 00 s");
  EXPECT_EQ(span(milliseconds(185'000)), "3 min 05 s");
  EXPECT_EQ(span(std::chrono::minutes(127)), "2 h 07 min");
  EXPECT_EQ(span(std::chrono::hours(99)), "4 d 03 h");
}

TEST(Table, AlignsColumnsByWhatIsSeenNotByBytes) {
  table t({{"sink"}, {"waiting", table_column::side::right}, {"error"}});
  t.add({"crm", "12", ""});
  t.add({"größer", "1,234", "no answer"});
  EXPECT_EQ(t.text(plain), "sink    waiting  error\n"
                           "crm          12\n"
                           "größer    1,234  no answer\n");
}

TEST(Table, CutsTheLastColumnWhereTheTerminalEnds) {
  table t({{"a"}, {"message"}});
  t.add({"x", "a very long message"});
  EXPECT_EQ(t.text(plain, 14), "a  message\n"
                               "x  a very lon…\n");
}

TEST(Table, LetsNoControlCharacterOfTheDataReachTheTerminal) {
  table t({{"a"}});
  t.add({"x\x1b[31my\nz"});
  EXPECT_EQ(t.text(plain), "a\nx[31my z\n");
}

TEST(Style, PaintsOnlyWhereColoursAreOn) {
  EXPECT_EQ(plain.paint(tone::bad, "x"), "x");
  EXPECT_EQ(style(style::colours::on).paint(tone::bad, "x"), "\x1b[31mx\x1b[0m");
}

TEST(Style, FitsTextByCodePoints) {
  EXPECT_EQ(fitted("äöü", 3), "äöü");
  EXPECT_EQ(fitted("äöüß", 3), "äö…");
}

TEST(Progress, ShowsAShareARateAndTheTimeLeft) {
  const progress state{.what = "incidents.csv", .items = 50'000, .share = 0.5, .elapsed = milliseconds(2'000)};
  EXPECT_EQ(progress_bar(state, 80),
            "incidents.csv  [==========>          ]  50.0 %  50,000 rows  25,000/s  ETA 2.0 s");
  EXPECT_EQ(display_width(progress_bar(state, 80)), 80u);
  EXPECT_EQ(progress_sentence(state), "incidents.csv: 50.0 %, 50,000 rows, 25,000/s, 2.0 s left");
}

TEST(Progress, CountsNoRowsOfAnEarlierRunInTheRate) {
  const progress state{.what = "f",
                       .items = 50'000,
                       .share = 0.5,
                       .elapsed = milliseconds(1'000),
                       .items_before = 40'000,
                       .share_before = 0.4};
  EXPECT_EQ(progress_sentence(state), "f: 50.0 %, 50,000 rows, 10,000/s, 5.0 s left");
}

TEST(Progress, FitsNarrowTerminalsAndUnknownSizes) {
  const progress state{.what = "incidents.csv", .items = 50'000, .share = 0.5, .elapsed = milliseconds(2'000)};
  EXPECT_LE(display_width(progress_bar(state, 30)), 30u);
  EXPECT_EQ(progress_bar({.what = "load", .items = 10, .unit = "events", .elapsed = milliseconds(1'000)}, 80),
            "load  10 events  10/s");
}

} // namespace
} // namespace cxstream::terminal
