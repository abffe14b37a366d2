#include "model/parse_event.hpp"

#include "unit/model/sample_event.hpp"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace cxstream::model {
namespace {

class ParseEvent : public testing::Test {
protected:
  static std::string verdict_of(const std::string& bytes) {
    v1::CanonicalEvent e;
    const auto bad = parse_event(bytes, e);
    if (!bad)
      return "ok";
    EXPECT_FALSE(bad->message.empty());
    EXPECT_EQ(e.ByteSizeLong(), 0u) << "a refused event must leave nothing behind";
    return v1::RejectReason_Name(bad->reason) + " " + bad->field_path;
  }

  google::protobuf::LogSilencer quiet_;
};

// A length-delimited field on the wire; numbers below 16 and texts below 128 bytes.
std::string field(int number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}

TEST_F(ParseEvent, ReadsWhatASourceSerialized) {
  v1::CanonicalEvent e;
  EXPECT_FALSE(parse_event(sample_event().SerializeAsString(), e));
  EXPECT_EQ(e.DebugString(), sample_event().DebugString());
  EXPECT_FALSE(parse_event("", e));
  EXPECT_EQ(e.ByteSizeLong(), 0u);
}

TEST_F(ParseEvent, IgnoresFieldsOfNewerSchemas) {
  EXPECT_EQ(verdict_of(sample_event().SerializeAsString() + "\xfa\x3e\x01z"), "ok");
}

TEST_F(ParseEvent, RefusesMoreBytesThanAnEventMayHave) {
  auto e = sample_event();
  e.set_status(std::string(65'536 - e.ByteSizeLong() + e.status().size() - 2, 'x'));
  ASSERT_EQ(e.ByteSizeLong(), 65'536u);
  EXPECT_EQ(verdict_of(e.SerializeAsString()), "ok");
  e.set_agent_id(e.agent_id() + "x");
  EXPECT_EQ(verdict_of(e.SerializeAsString()), "TOO_LARGE ");
}

TEST_F(ParseEvent, TellsBrokenProtobufFromBrokenText) {
  EXPECT_EQ(verdict_of("\x01"), "MALFORMED ");
  EXPECT_EQ(verdict_of("not protobuf at all"), "MALFORMED ");
  EXPECT_EQ(verdict_of(std::string(100, '\xff')), "MALFORMED ");
  EXPECT_EQ(verdict_of(field(1, "abc").substr(0, 3)), "MALFORMED ");
  EXPECT_EQ(verdict_of(field(6, "\x0a\x7f"
                                "abc")),
            "MALFORMED sentiment");
  EXPECT_EQ(verdict_of(field(3, "\x08")), "MALFORMED occurred_at");
  EXPECT_EQ(verdict_of(field(6, field(1, "\xff"))), "INVALID_UTF8 sentiment.label");
  EXPECT_EQ(verdict_of(field(4, "T\xc3\x28")), "INVALID_UTF8 ticket_id");
  EXPECT_EQ(verdict_of(field(11, field(1, "ok")) + field(11, field(1, "\x80"))), "INVALID_UTF8 custom_metrics[1].key");
}

TEST_F(ParseEvent, NamesTheFirstTextAtFaultEvenInsideLists) {
  auto bytes = sample_event().SerializeAsString();
  bytes += std::string("\x82\x01\x01") + "a";    // raw_tags[2]
  bytes += std::string("\x82\x01\x01") + "\xff"; // raw_tags[3]
  bytes += std::string("\x8a\x01\x01") + "\xff"; // status
  EXPECT_EQ(verdict_of(bytes), "INVALID_UTF8 raw_tags[3]");
  EXPECT_EQ(verdict_of("\xba\x01" + std::string(1, 3) + field(1, "\xff")), "INVALID_UTF8 cleared.paths[0]");
}

TEST_F(ParseEvent, KnowsTheBadTextOfTheProtobufConformanceSuite) {
  const auto bytes = shared_data("protobuf/bad_utf8_string");
  if (bytes.empty())
    GTEST_SKIP() << "the conformance data is not here";
  // The same text (length 1, byte FF) as the event's driver.
  EXPECT_EQ(verdict_of("\x52" + bytes.substr(1)), "INVALID_UTF8 driver");
}

// The stored copy of the stress test has its broken sequences replaced by U+FFFD, so every line is good text.
TEST_F(ParseEvent, KeepsEveryLineOfTheUtf8StressTestAsItIs) {
  std::istringstream lines(shared_data("utf8/UTF-8-test.txt"));
  int checked = 0;
  for (std::string line; std::getline(lines, line); ++checked) {
    v1::CanonicalEvent sent;
    sent.set_ticket_id(line);
    v1::CanonicalEvent e;
    ASSERT_FALSE(parse_event(sent.SerializeAsString(), e)) << line;
    EXPECT_EQ(e.ticket_id(), line);
  }
  if (checked == 0)
    GTEST_SKIP() << "the conformance data is not here";
  EXPECT_GE(checked, 200);
}

// The kinds of broken sequences that the stress test lists.
TEST_F(ParseEvent, RefusesEveryKindOfBrokenUtf8) {
  using namespace std::string_literals;
  const std::string broken[] = {
      "\x80"s,
      "\xbf"s,
      "\x80\xbf\x80"s, // lonely continuation
      "\xc0 "s,
      "\xdf "s,
      "\xe0 "s,
      "\xef "s,
      "\xf0 "s,
      "\xf7 "s,
      "\xf8 "s,
      "\xfc "s, // lonely start
      "\xc3"s,
      "\xe0\x80"s,
      "\xe2\x82"s,
      "\xf0\x9f\x8e"s,
      "\xdf"s,
      "\xef\xbf"s, // last byte missing
      "\xfe"s,
      "\xff"s,
      "\xfe\xfe\xff\xff"s, // impossible bytes
      "\xc0\xaf"s,
      "\xe0\x80\xaf"s,
      "\xf0\x80\x80\xaf"s,
      "\xc1\xbf"s, // overlong slash and others
      "\xc0\x80"s,
      "\xe0\x9f\xbf"s,
      "\xf0\x8f\xbf\xbf"s, // overlong NUL, overlong maxima
      "\xed\xa0\x80"s,
      "\xed\xbf\xbf"s,
      "\xed\xa0\x80\xed\xb0\x80"s, // surrogates, alone and paired
      "\xf4\x90\x80\x80"s,
      "\xf8\x88\x80\x80\x80"s,
      "\xfc\x84\x80\x80\x80\x80"s, // beyond U+10FFFF
  };
  for (const auto& text : broken)
    for (const auto& around : {""s, "ab"s, "\xe2\x82\xac 12345678 "s}) {
      EXPECT_EQ(verdict_of(field(4, around + text)), "INVALID_UTF8 ticket_id") << testing::PrintToString(text);
      EXPECT_EQ(verdict_of(field(4, text + around)), "INVALID_UTF8 ticket_id") << testing::PrintToString(text);
    }
  for (const auto& text : {"\xf4\x8f\xbf\xbf"s, "\xef\xbf\xbf"s, "\xef\xbb\xbf"s, "\xed\x9f\xbf"s, "\xc2\x80"s, "\0"s})
    EXPECT_EQ(verdict_of(field(4, text)), "ok") << testing::PrintToString(text);
}

TEST_F(ParseEvent, SaysSomethingSensibleAboutEveryDamagedEvent) {
  const auto whole = sample_event().SerializeAsString();
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    std::mt19937_64 random(seed);
    auto bytes = whole;
    for (auto hits = 1 + random() % 3; hits > 0; --hits)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0)
      bytes.resize(random() % bytes.size());
    v1::CanonicalEvent e;
    const auto bad = parse_event(bytes, e);
    refused += bad ? 1 : 0;
    if (bad) {
      ASSERT_TRUE(bad->reason == v1::MALFORMED || bad->reason == v1::INVALID_UTF8) << "seed " << seed;
      ASSERT_FALSE(bad->message.empty());
    }
  }
  EXPECT_GE(refused, 5'000);
  EXPECT_LE(refused, 19'000);
}

} // namespace
} // namespace cxstream::model
