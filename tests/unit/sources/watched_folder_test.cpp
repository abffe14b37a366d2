#include "sources/files/watched_folder.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;
using testing::ElementsAre;
using testing::IsEmpty;

const std::chrono::system_clock::time_point noon{1'767'268'800s};

TEST(WatchedFolder, TakesAFileThatIsRenamedIntoPlaceAtOnce) {
  watched_folder folder(2000ms);
  EXPECT_THAT(folder.look({{"a.csv", 10, noon - 5s}}, noon), ElementsAre("a.csv"));
}

TEST(WatchedFolder, LeavesAFileAloneWhileItGrows) {
  watched_folder folder(2000ms);
  EXPECT_THAT(folder.look({{"a.csv", 10, noon}}, noon), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 20, noon + 1s}}, noon + 1500ms), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 20, noon + 1s}}, noon + 2900ms), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 20, noon + 1s}}, noon + 3s), ElementsAre("a.csv"));
}

TEST(WatchedFolder, TrustsItsOwnEyesWhereAClockIsAhead) {
  watched_folder folder(2000ms);
  EXPECT_THAT(folder.look({{"a.csv", 10, noon + 1h}}, noon), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 11, noon + 1h}}, noon + 1s), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 11, noon + 1h}}, noon + 2s), IsEmpty()) << "it grew a second ago";
  EXPECT_THAT(folder.look({{"a.csv", 11, noon + 1h}}, noon + 3s), ElementsAre("a.csv"));
}

TEST(WatchedFolder, ForgetsAFileThatLeft) {
  watched_folder folder(2000ms);
  EXPECT_THAT(folder.look({{"a.csv", 10, noon + 1h}}, noon), IsEmpty());
  EXPECT_THAT(folder.look({}, noon + 1s), IsEmpty());
  EXPECT_THAT(folder.look({{"a.csv", 10, noon + 1h}}, noon + 3s), IsEmpty()) << "another one of the same name";
}

TEST(WatchedFolder, TakesTheOldestFirst) {
  watched_folder folder(2000ms);
  EXPECT_THAT(folder.look({{"a", 1, noon - 3s}, {"c", 1, noon - 9s}, {"b", 1, noon - 9s}}, noon),
              ElementsAre("b", "c", "a"));
}

TEST(WatchedFolder, PassesOverFilesThatAreStillWrittenOrBelongToAnImport) {
  for (const auto* name : {".a.csv", "a.csv.part", "a.csv.tmp", "a.csv~", "a.csv.cxstream-import"})
    EXPECT_TRUE(watched_folder::is_passed_over(name)) << name;
  for (const auto* name : {"a.csv", "part", "tmp.json", "a"})
    EXPECT_FALSE(watched_folder::is_passed_over(name)) << name;
  EXPECT_THAT(watched_folder(0ms).look({{".a", 1, noon}, {"b", 1, noon}}, noon), ElementsAre("b"));
}

} // namespace
} // namespace cxstream::sources
