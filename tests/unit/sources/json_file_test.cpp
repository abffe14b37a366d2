// JSON files: the records of a document that is read while it passes by.
#include "sources/json/element_reader.hpp"
#include "unit/sources/archive.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using std::string_literals::operator""s;
using steps = json_element_reader::path;

struct outcome {
  std::vector<std::string> records; // with their places
  std::string error;
};

outcome read(std::string_view text, steps path = {}) {
  json_element_reader reader(byte_input::of_text(text), std::move(path));
  outcome out;
  json_element element;
  while (true) {
    const auto more = reader.next(element);
    if (!more)
      out.error = more.err().message;
    if (!more || !*more)
      return out;
    out.records.push_back(std::to_string(element.line) + ":" + std::to_string(element.column) + " " + element.text);
  }
}

TEST(JsonFile, HandsOutTheElementsOfAnArrayWithTheirPlaces) {
  const auto got = read("[ {\"a\" : [1]},\n  {\"b\":2} , 3,\"x\",null,[4, 5]\n]\n");
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.records,
              ElementsAre("1:3 {\"a\" : [1]}", "2:3 {\"b\":2}", "2:13 3", "2:15 \"x\"", "2:19 null", "2:24 [4, 5]"));
  EXPECT_THAT(read("{\"a\":[1]}").records, ElementsAre("1:1 {\"a\":[1]}")) << "one object is one record";
  EXPECT_THAT(read("[]").records, IsEmpty());
}

TEST(JsonFile, FollowsAPathToItsRecords) {
  const auto text = R"({"meta":{"tickets":[9]},"data":{"x":[[1]],"tickets":[{"id":1},{"id":2}]},"tickets":[7]})";
  EXPECT_THAT(read(text, {"data", "tickets", std::nullopt}).records, ElementsAre("1:54 {\"id\":1}", "1:63 {\"id\":2}"));
  EXPECT_THAT(read(text, {"data", "tickets"}).records, ElementsAre("1:54 {\"id\":1}", "1:63 {\"id\":2}"));
  EXPECT_THAT(read(R"([{"e":[1,2]},{"e":[3]},{"f":[4]}])", {std::nullopt, "e", std::nullopt}).records,
              ElementsAre("1:8 1", "1:10 2", "1:20 3"));
  EXPECT_THAT(read(R"({"a":{"x":{"id":1},"y":{"id":2}}})", {"a", std::nullopt}).records,
              ElementsAre("1:11 {\"id\":1}", "1:24 {\"id\":2}"))
      << "the items of an object are its members";
  EXPECT_THAT(read(R"({"a":null})", {"a"}).records, IsEmpty());
}

TEST(JsonFile, SaysWhenThePathLeadsNowhere) {
  EXPECT_THAT(read(R"({"tickets":[1]})", {"data", "tickets"}).error, HasSubstr("'each' leads to nothing"));
  EXPECT_EQ(read(R"({"data":{"tickets":[]}})", {"data", "tickets"}).error, "") << "none is not nowhere";
}

TEST(JsonFile, ReadsDocumentsThatFollowEachOtherOnLinesOfTheirOwn) {
  const auto got = read("{\"a\":1}\n\n[2,3]\r\n{\"a\":4}\n");
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.records, ElementsAre("1:1 {\"a\":1}", "3:2 2", "3:4 3", "4:1 {\"a\":4}"));
  EXPECT_THAT(read("{} {}").error, HasSubstr("something after the value. (line 1, column 4)"));
}

TEST(JsonFile, NamesLineAndColumnOfTheFirstByteThatIsNoJson) {
  const auto got = read("[\n{\"a\":1},\n{\"a\":01}\n]");
  EXPECT_THAT(got.records, ElementsAre("2:1 {\"a\":1}")) << "what came before is read";
  EXPECT_THAT(got.error, HasSubstr("(line 3, column 7)"));
  EXPECT_THAT(read("[1").error, HasSubstr("There is no comma or ] after a value. The file ends here."));
  EXPECT_THAT(read("[1,]").error, HasSubstr("(line 1, column 4)"));
  EXPECT_THAT(read("[1]]").error, HasSubstr("something after the value"));
  EXPECT_THAT(read("[1]\0"s).error, HasSubstr("something after the value"));
  EXPECT_THAT(read("").error, HasSubstr("empty"));
  EXPECT_THAT(read("[\"\xFF\"]").error, HasSubstr("encoding"));
}

TEST(JsonFile, RefusesARecordThatIsTooLongAndReadsOn) {
  const auto items = [](std::size_t bytes) {
    std::string text = "[0";
    while (text.size() < bytes)
      text += ",1234567";
    return text + "]";
  };
  const auto text = "[[1], " + items(3u << 20u) + ",\"" + std::string(2u << 20u, 'x') + "\",[2]]";
  json_element_reader reader(byte_input::of_text(text), {});
  json_element element;
  std::vector<bool> too_long;
  for (auto more = reader.next(element); more && *more; more = reader.next(element)) {
    too_long.push_back(element.is_too_long);
    EXPECT_LE(element.text.size(), 1024u);
  }
  EXPECT_THAT(too_long, ElementsAre(false, true, true, false));
}

TEST(JsonFile, EndsAtATextThatWouldFillTheMemory) {
  scratch dir;
  const auto path = dir.write("a.json", "[\"" + std::string(json_token_bytes_max + (1u << 20u), 'x') + "\"]");
  json_element_reader reader(*byte_input::open(path), {});
  json_element element;
  const auto more = reader.next(element);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.err().message, HasSubstr("longer than 16 MiB"));
}

TEST(JsonFile, SurvivesAMillionOpenBrackets) {
  EXPECT_NE(read(std::string(1'000'000, '[')).error, "");
  EXPECT_NE(read("{\"a\":" + std::string(1'000'000, '['), {"a", std::nullopt, "b"}).error, "");
}

TEST(JsonFile, AcceptsAndRefusesWhatTheJsonTestSuiteSays) {
  const auto archive = shared_data() / "conformance" / "json" / "JSONTestSuite_y_and_n.tar.gz";
  if (!std::filesystem::exists(archive))
    GTEST_SKIP() << "no conformance data";
  scratch dir;
  unpack_archive(archive, dir);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("y_") && !name.starts_with("n_"))
      continue;
    SCOPED_TRACE(name);
    auto input = byte_input::open(entry.path());
    ASSERT_TRUE(input);
    json_element_reader reader(*std::move(input), {});
    json_element element;
    auto more = reader.next(element);
    while (more && *more)
      more = reader.next(element);
    EXPECT_EQ(static_cast<bool>(more), name.starts_with("y_")) << (more ? "accepted" : more.err().message);
    ++files;
  }
  EXPECT_EQ(files, 205);
}

} // namespace
} // namespace cxstream::sources
