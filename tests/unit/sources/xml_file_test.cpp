// XML files: the records of a document that is read while it passes by, and documents of people who mean harm.
#include "sources/digest.hpp"
#include "sources/xml/xml_stream.hpp"
#include "unit/sources/archive.hpp"

#include "gmock/gmock.h"

#include <rapidjson/document.h>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using std::string_literals::operator""s;

struct outcome {
  std::vector<std::string> records; // place, and what the selector finds
  std::vector<std::string> raw;
  std::vector<std::string> digests;
  std::string error;
};

outcome read(byte_input input, const std::string& each, const std::string& selector,
             xml_source::records_of what = xml_source::records_of::document) {
  outcome out;
  auto stream = xml_stream::open(std::move(input), {selector}, *element_path::parse(each), what);
  if (!stream) {
    out.error = stream.err().message;
    return out;
  }
  found_record found;
  while (true) {
    const auto more = (*stream)->next(found);
    if (!more)
      out.error = more.err().message;
    if (!more || !*more)
      return out;
    std::string text = std::to_string(found.line) + ":";
    const auto value = found.values->at(0);
    if (value.is_single())
      text += value.text;
    for (const auto& item : value.items())
      text += "[" + std::string(item.text) + "]";
    out.records.push_back(text);
    out.raw.push_back(found.values->raw());
    out.digests.push_back(to_hex(found.values->digest()));
  }
}

outcome read_text(std::string_view text, const std::string& each, const std::string& selector,
                  xml_source::records_of what = xml_source::records_of::document) {
  return read(byte_input::of_text(text), each, selector, what);
}

constexpr const char* desk =
    "<desk region='n'>\n <old><ticket id='0'/></old>\n <ticket id='1'><who>Ü &amp; <![CDATA[<b>]]>"
    "</who></ticket>\n <d:ticket xmlns:d='urn:d' id='2'><d:who> x </d:who></d:ticket>\n</desk>";

TEST(XmlFile, HandsOutTheElementsThatAPathNames) {
  EXPECT_THAT(read_text(desk, "ticket", "@id").records, ElementsAre("3:1"));
  EXPECT_THAT(read_text(desk, "/desk/ticket", "who").records, ElementsAre("3:Ü & <b>"));
  EXPECT_THAT(read_text(desk, "//ticket", "@id").records, ElementsAre("2:0", "3:1"));
  EXPECT_THAT(read_text(desk, "/desk/*", "name()").records, ElementsAre("2:old", "3:ticket", "4:d:ticket"));
  EXPECT_THAT(read_text(desk, "d:ticket", "d:who").records, ElementsAre("4: x "));
  EXPECT_THAT(read_text(desk, "//*[local-name() = 'ticket']", "@id").records, ElementsAre("2:0", "3:1", "4:2"));
  EXPECT_THAT(read_text(desk, "/*", "count(//ticket)").records, ElementsAre("1:2")) << "the whole document";
}

TEST(XmlFile, KnowsPlainPathsFromOtherXPaths) {
  for (const auto* plain : {"a", "./a/b", "/a", "//a:b", ".//*", " /a/*[local-name()=\"x\"] "})
    EXPECT_TRUE(element_path::parse(plain)) << plain;
  for (const auto* other :
       {"", "a[1]", "@a", "..", "a/..", "a|b", "text()", "child::a", "/a//b", "a/", "*[local-name()='x"})
    EXPECT_FALSE(element_path::parse(other)) << other;
}

TEST(XmlFile, ShowsOfWhatIsAroundARecordTheOpenElementsWithTheirAttributes) {
  EXPECT_THAT(read_text(desk, "//ticket", "ancestor::desk/@region").records, ElementsAre("2:n", "3:n"));
  EXPECT_THAT(read_text(desk, "//ticket", "count(../*) + count(/*)").records, ElementsAre("2:2", "3:2"))
      << "neither what has passed nor what follows";
}

TEST(XmlFile, GivesEachEventOfALogWhatItsTraceSaidOfItself) {
  const auto log =
      "<log><string key='n' value='no'/><trace><string key='n' value='T1'><int key='deep' value='1'/></string>"
      "<event><string key='n' value='A'/></event><event/></trace><event/>"
      "<trace><string key='n' value='T2'/><event/></trace></log>"s;
  const auto got = read_text(log, ".//event", "trace/*/@value", xml_source::records_of::xes_log);
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.records, ElementsAre("1:T1", "1:T1", "1:", "1:T2"));
  EXPECT_EQ(got.raw[0], "<event><trace><string key=\"n\" value=\"T1\"><int key=\"deep\" value=\"1\"/></string></trace>"
                        "<string key=\"n\" value=\"A\"/></event>");
}

TEST(XmlFile, SaysTheSameOfARecordAsTheReaderOfWholeDocuments) {
  std::string log = "<log>";
  for (int t = 0; t < 300; ++t) {
    log += "<trace>\n<string key='n' value='" + std::to_string(t) + "'/>\n";
    for (int e = 0; e < t % 7; ++e)
      log +=
          "<event>\n\t<date key='d' value='&lt;" + std::to_string(e) + "&gt;'/><x> a &amp; b\n</x><!-- c --></event>\n";
    log += "</trace>";
  }
  log += "</log>";
  xml_source whole({"trace/string/@value"}, std::nullopt, xml_source::records_of::xes_log);
  ASSERT_TRUE(whole.open(log, {}));
  std::vector<std::string> raw;
  std::vector<std::string> digests;
  for (record_or_fault found; whole.next(found);) {
    raw.push_back(found.values->raw());
    digests.push_back(to_hex(found.values->digest()));
  }
  const auto streamed = read_text(log, ".//event", "trace/string/@value", xml_source::records_of::xes_log);
  ASSERT_GT(raw.size(), 800u);
  EXPECT_EQ(streamed.raw, raw);
  EXPECT_EQ(streamed.digests, digests);
}

TEST(XmlFile, ReadsTheEncodingThatTheDocumentDeclaresOrItsByteOrderMarkTells) {
  EXPECT_THAT(read_text("<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xE9'/>", "/a", "@b").records,
              ElementsAre("1:é"));
  std::string wide = "\xFF\xFE";
  for (const char c : "<?xml version='1.0' encoding='UTF-16'?><a b='x'/>"s)
    wide += {c, '\0'};
  EXPECT_THAT(read_text(wide, "/a", "@b").records, ElementsAre("1:x"));
  EXPECT_THAT(read(byte_input::of_text("<?xml version='1.0' encoding='ISO-8859-1'?><a b='\x80'/>", {"windows-1252"}),
                   "/a", "@b")
                  .records,
              ElementsAre("1:€"))
      << "what the mapping says counts";
}

TEST(XmlFile, RefusesADocumentTypeWithoutReadingWhatItDeclares) {
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"ha\">";
  for (int i = 1; i < 40; ++i)
    laughs +=
        "<!ENTITY l" + std::to_string(i) + " \"&l" + std::to_string(i - 1) + ";&l" + std::to_string(i - 1) + ";\">";
  laughs += "]><a b=\"&l39;\">&l39;</a>";
  for (const auto& text : {laughs, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"s,
                           "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>"s}) {
    const auto got = read_text(text, "/a", "string(.)");
    EXPECT_THAT(got.error, HasSubstr("document type"));
    EXPECT_THAT(got.error, HasSubstr("(line 1, column"));
    EXPECT_TRUE(got.records.empty());
  }
  EXPECT_THAT(read_text("<a>&nobody;</a>", "/a", "string(.)").error, HasSubstr("nobody"));
}

TEST(XmlFile, BoundsDepthTextsAndRecords) {
  const auto nested = [](std::size_t levels) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i)
      text += "<a>";
    for (std::size_t i = 0; i < levels; ++i)
      text += "</a>";
    return text;
  };
  EXPECT_EQ(read_text(nested(xml_depth_max), "/a", "@x").error, "");
  EXPECT_THAT(read_text(nested(xml_depth_max + 1), "/a", "@x").error, HasSubstr("deeper than 256 levels (line 1,"));
  EXPECT_THAT(read_text(nested(1'000'000), "/a", "@x").error, HasSubstr("deeper than"));
  const std::string mebibyte(1u << 20u, 'x');
  EXPECT_EQ(read_text("<a>" + mebibyte + "</a>", "/a", "@x").error, "");
  EXPECT_THAT(read_text("<a>" + mebibyte + "x</a>", "/a", "@x").error, HasSubstr("a text is longer than 1 MiB"));
  EXPECT_THAT(read_text("<a b='" + mebibyte + "x'/>", "/a", "@x").error, HasSubstr("an attribute is longer"));
  std::string record = "<r><a>";
  for (int i = 0; i < 5; ++i)
    record += "<t>" + mebibyte + "</t>";
  EXPECT_THAT(read_text(record + "</a></r>", "/r/a", "@x").error, HasSubstr("<a> is longer than 4 MiB"));
  EXPECT_EQ(read_text(record + "</a></r>", "/r/b", "@x").error, "") << "what is no record is not kept";
}

TEST(XmlFile, RefusesWhatXmllintRefusesWithThePlace) {
  const auto archive = shared_data() / "conformance" / "xml" / "libxml2_errors.tar.gz";
  if (!std::filesystem::exists(archive))
    GTEST_SKIP() << "no conformance data";
  scratch dir;
  unpack_archive(archive, dir);
  rapidjson::Document verdicts;
  verdicts.Parse(read_all(dir.path() / "EXPECTED_xmllint_exit_status.json").c_str());
  ASSERT_TRUE(verdicts.IsObject());
  int refused = 0;
  for (const auto& verdict : verdicts["status"].GetObject()) {
    SCOPED_TRACE(verdict.name.GetString());
    const auto file = dir.path() / verdict.name.GetString();
    const auto got = read(*byte_input::open(file), "/*", "string(.)");
    const auto has_type = read_all(file).find("<!DOCTYPE") != std::string::npos;
    // xmllint takes these for whole: one ends in a NUL, the other in half a character.
    const auto is_damaged = file.filename() == "trailing-null-1.xml" || file.filename() == "truncated-utf16.xml";
    if (verdict.value.GetInt() == 0 && !has_type && !is_damaged) {
      EXPECT_EQ(got.error, "");
      continue;
    }
    ++refused;
    EXPECT_THAT(got.error, testing::ContainsRegex("not XML: .+\\(line [0-9]+, column [0-9]+\\)"));
  }
  EXPECT_GE(refused, 34);
}

} // namespace
} // namespace cxstream::sources
