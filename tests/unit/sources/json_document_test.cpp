// JSON as a tree, plain paths in it, and jq.
#include "sources/json/jq_program.hpp"
#include "sources/json/json_document.hpp"
#include "sources/json/json_path.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::HasSubstr;

std::string found(const std::string& path, const std::string& json, const std::string& payload = "null") {
  json_document document;
  json_document around;
  EXPECT_TRUE(document.parse(json)) << json;
  EXPECT_TRUE(around.parse(payload));
  const auto plain = json_path::parse(path);
  if (!plain)
    return "not plain";
  const auto cell = plain->find({&document.root(), &around.root(), nullptr}, document.arena());
  return cell.kind == cell_kind::absent ? "absent" : to_json(cell);
}

TEST(JsonDocument, KeepsNumbersAndTextsExactly) {
  json_document document;
  const std::string text =
      R"({"a":1.50,"b":9007199254740993,"c":1E+300,"d":[true,false,null],"e":"\u0000é\ud83d\ude00","e":-0})";
  ASSERT_TRUE(document.parse(text));
  EXPECT_EQ(to_json(document.root()), R"({"a":1.50,"b":9007199254740993,"c":1E+300,"d":[true,false,null],)"
                                      "\"e\":\"\\u0000\u00e9\U0001F600\",\"e\":-0}");
}

TEST(JsonDocument, SaysWhereItIsBroken) {
  json_document document;
  const auto broken = [&](std::string_view text) {
    const auto parsed = document.parse(text);
    EXPECT_FALSE(parsed) << text;
    return parsed ? std::string() : parsed.err().message;
  };
  EXPECT_EQ(broken("{\n  \"a\" 1}"), "not JSON: Missing a colon after a name of object member. (line 2, column 7)");
  EXPECT_THAT(broken(""), HasSubstr("line 1, column 1"));
  EXPECT_THAT(broken("\xEF\xBB\xBF"), HasSubstr("empty"));
  EXPECT_THAT(broken(std::string_view("{}\0x", 4)), HasSubstr("NUL"));
  EXPECT_THAT(broken("\"\xff\""), HasSubstr("encoding"));
  EXPECT_EQ(document.root().kind, cell_kind::null) << "nothing is left of the one before";
}

TEST(JsonDocument, RefusesNestingDeeperThanItsLimitWhateverItsSize) {
  json_document document;
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(document.parse(nested(json_depth_max)));
  const auto parsed = document.parse(nested(json_depth_max + 1));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.err().message, HasSubstr("nested deeper than 200 levels (line 1, column 20"));
  EXPECT_FALSE(document.parse(std::string(5'000'000, '[')));
}

TEST(JsonDocument, AgreesWithTheJsonTestSuite) {
  const auto archive = shared_data() / "conformance" / "json" / "JSONTestSuite_y_and_n.tar.gz";
  if (!std::filesystem::exists(archive))
    GTEST_SKIP() << "no conformance data";
  scratch dir;
  const auto command = "tar -xzf '" + archive.string() + "' -C '" + dir.path().string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  json_document document;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file() || !name.ends_with(".json"))
      continue;
    const auto parsed = document.parse(read_all(entry.path()));
    if (name.starts_with("y_")) {
      ++accepted;
      EXPECT_TRUE(parsed) << name << ": " << parsed.err().message;
    } else if (name.starts_with("n_")) {
      ++refused;
      EXPECT_FALSE(parsed) << name;
    }
  }
  EXPECT_GE(accepted, 90u);
  EXPECT_GE(refused, 110u);
}

TEST(JsonPath, FindsMembersPlacesAndItems) {
  const std::string json = R"({"a":{"b":[10,20]},"odd name":{"x.y":1},"t":[{"i":1},{"i":null},{}],"n":null,"e":[]})";
  EXPECT_EQ(found(".a.b[1]", json), "20");
  EXPECT_EQ(found(".a.b[-1]?", json), "20");
  EXPECT_EQ(found(R"(."odd name"["x.y"])", json), "1");
  EXPECT_EQ(found(R"(.["odd name"]."x.y")", json), "1");
  EXPECT_EQ(found(" .a.b[] ", json), "[10,20]");
  EXPECT_EQ(found(".t[].i", json), "[1,null]");
  EXPECT_EQ(found(".", "5"), "5");
  EXPECT_EQ(found("$payload.x", json, R"({"x":"around"})"), R"("around")");
  EXPECT_EQ(found("$headers.x", json), "absent");
  EXPECT_EQ(found(R"(.a["\u0062"][0])", json), "10");
}

TEST(JsonPath, TellsWhatIsNotThereFromWhatIsNull) {
  const std::string json = R"({"a":{"b":"text"},"n":null,"e":[],"l":[1]})";
  EXPECT_EQ(found(".x.y.z", json), "absent");
  EXPECT_EQ(found(".n", json), "null");
  EXPECT_EQ(found(".n.deeper[0].still", json), "null");
  EXPECT_EQ(found(".a.b.c", json), "absent");
  EXPECT_EQ(found(".l[5]", json), "absent");
  EXPECT_EQ(found(".l.name", json), "absent");
  EXPECT_EQ(found(".e[]", json), "[]") << "an empty array is there";
  EXPECT_EQ(found(".n[]", json), "[]");
  EXPECT_EQ(found(".x[]", json), "absent");
  EXPECT_EQ(found(".a.b[]", json), "absent");
}

TEST(JsonPath, LeavesEverythingElseToJq) {
  for (const std::string path : {"", "a", ".a | .b", ".a.", "..", ".a.[0]", ".a[1:2]", ".a[.b]", ".\"x\\(.y)\"",
                                 "$payloads", ".a, .b", "[.a]", ".a[1.5]", "$__loc__", ".a//1", "$headers.x | length"})
    EXPECT_FALSE(json_path::parse(path)) << path;
}

class Jq : public testing::Test {
protected:
  std::string run(const std::string& expression, const std::string& json, const std::string& payload = "{}") {
    jq_program::fault why;
    const auto jq = jq_program::compile({"1", expression, "2"}, why);
    if (!jq)
      return "expression " + std::to_string(why.expression) + ": " + why.message;
    EXPECT_TRUE(document_.parse(json));
    EXPECT_TRUE(payload_.parse(payload));
    jq->focus({&document_.root(), &payload_.root(), nullptr});
    const auto cell = jq->run(1, document_.arena());
    if (cell.kind == cell_kind::failed)
      return "failed: " + std::string(cell.text);
    return cell.kind == cell_kind::absent ? "absent" : to_json(cell);
  }

  json_document document_;
  json_document payload_;
};

TEST_F(Jq, GivesNothingOneValueOrSeveral) {
  EXPECT_EQ(run(".a[] | select(. > 1)", R"({"a":[1,2,3]})"), "[2,3]");
  EXPECT_EQ(run(".a | length", R"({"a":[1,2,3]})"), "3");
  EXPECT_EQ(run("empty", "{}"), "absent");
  EXPECT_EQ(run("{x: .a, y: [$payload.p]} # a comment", R"({"a":"é"})", R"({"p":1.5})"), R"({"x":"é","y":[1.5]})");
  EXPECT_EQ(run("$headers", "{}"), "null");
}

TEST_F(Jq, NeverRoundsAnId) {
  EXPECT_EQ(run(".id | .", R"({"id":9223372036854775807})"), R"("9223372036854775807")");
  EXPECT_EQ(run(".id + 0", R"({"id":9007199254740991})"), "9007199254740991");
  EXPECT_EQ(run(".id | tostring", R"({"id":-9007199254740993})"), R"("-9007199254740993")");
  EXPECT_EQ(run(".t * 1", R"({"t":1585250350})"), "1585250350");
}

TEST_F(Jq, SaysWhyAnExpressionFailsAndGoesOnWithTheNext) {
  EXPECT_EQ(run(".a | ascii_downcase", R"({"a":1})"), "failed: explode input must be a string");
  EXPECT_EQ(run("error({x: 1})", "{}"), R"(failed: {"x":1})");
  EXPECT_EQ(run("halt", "{}"), "failed: the expression ends jq (halt)");
  EXPECT_EQ(run("range(20000)", "{}"), "failed: the expression gives more than 10,000 values");
  EXPECT_THAT(run("reduce range(300) as $i (1; [.])", "{}"), HasSubstr("nested too deeply"));
  jq_program::fault why;
  const auto jq = jq_program::compile({"error(\"no\")", ".a | length"}, why);
  ASSERT_TRUE(jq);
  ASSERT_TRUE(document_.parse(R"({"a":[1]})"));
  jq->focus({&document_.root(), &document_.root(), nullptr});
  EXPECT_EQ(jq->run(0, document_.arena()).kind, cell_kind::failed);
  EXPECT_EQ(jq->run(1, document_.arena()).text, "1");
}

TEST_F(Jq, SurvivesWhatEndsOrHangsItsLibrary) {
  EXPECT_EQ(run(".t | todate", R"({"t":1e18})"), "failed: 1e+18 is no time in seconds since 1970");
  for (const auto* expression : {"infinite | todate", "nan | strftime(\"%Y\")", "1e300 | gmtime", "[1e300] | mktime",
                                 "[nan,1,1,1,1,1] | strftime(\"%Y\")", "-1e18 | localtime", "1e18 | date"})
    EXPECT_THAT(run(expression, "{}"), HasSubstr("failed: ")) << expression;
  for (const auto* expression :
       {R"q("aé" | [match(""; "g").offset])q", R"q("aé" | [match(["x*", "g"])])q", R"q("é" | gsub("";"a"))q",
        R"q("a b" | [scan("\\s*")])q", R"q("ab" | split("x*"; null))q", R"q("ab" | [splits("")])q",
        R"q("a" | sub("b*"; "c"; "g"))q"})
    EXPECT_THAT(run(expression, "{}"), HasSubstr("matches the empty text")) << expression;
  EXPECT_EQ(run(R"q("a" | [indices(""), index(""), rindex("")])q", "{}"), "[[],null,null]");
  EXPECT_EQ(run(R"q(1 | ltrimstr("a"), rtrimstr("a"))q", "{}"), "[1,1]");
  EXPECT_EQ(run("input", "{}"), "failed: there is no more input");
  EXPECT_EQ(run("[$ENV, env]", "{}"), "[{},{}]");
}

TEST_F(Jq, GuardsChangeNothingElse) {
  EXPECT_EQ(run(".t | todate", R"({"t":1709251200})"), R"("2024-03-01T00:00:00Z")");
  EXPECT_EQ(run(R"("2024-03-01T00:00:00Z" | fromdate | gmtime | mktime)", "{}"), "1709251200");
  EXPECT_EQ(run(R"q("a-b c" | gsub("[ -]+"; "_"))q", "{}"), R"("a_b_c")");
  EXPECT_EQ(run(R"q("camelCase" | gsub("(?<a>[a-z])(?<b>[A-Z])"; "\(.a) \(.b)"))q", "{}"), R"("camel Case")");
  EXPECT_EQ(run(R"q("ab12" | capture("(?<n>[0-9]+)").n, [scan("[a-z]")], split("1"; null), test("B"; "i"))q", "{}"),
            R"(["12",["a","b"],["ab","2"],true])");
  EXPECT_EQ(
      run(R"q("x:a:a" | ltrimstr("x:"), rtrimstr(":a"), index("a"), rindex("a"), indices("a"), sub("a"; "b"))q", "{}"),
      R"(["a:a","x:a",2,4,[2,4],"x:b:a"])");
  EXPECT_EQ(
      run(R"q(["a","b","a","b"] | [index("b"), rindex("a"), indices(["a","b"]), indices("x"), index("x")])q", "{}"),
      "[1,2,[0,2],[],null]");
  EXPECT_EQ(run(R"q("aXbx" | [splits("x"; "i")], [match(["x", "gi"]).offset])q", "{}"), R"([["a","b",""],[1,3]])");
}

TEST_F(Jq, NamesTheExpressionThatItCannotRead) {
  EXPECT_THAT(run(".a | (", "{}"), HasSubstr("expression 1: syntax error"));
  EXPECT_EQ(run(".a | nope(1)", "{}"), "expression 1: nope/1 is not defined");
  EXPECT_THAT(run("include \"x\"; .a", "{}"), HasSubstr("expression 1: "));
}

} // namespace
} // namespace cxstream::sources
