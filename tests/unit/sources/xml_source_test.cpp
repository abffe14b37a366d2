// XML and XES by XPath.
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"

#include "gmock/gmock.h"

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ports::read_payload map(const std::string& mapping_text, const std::string& body) {
  auto rules = parse_mapping(mapping_text, "m.yaml");
  EXPECT_TRUE(rules) << rules.err().message;
  auto mapper = payload_mapper::make(rules ? *std::move(rules) : mapping{});
  ports::payload payload;
  payload.body = body;
  return mapper->map(payload, base::from_us(1'800'000'000'000'000));
}

v1::CanonicalEvent event_of(const ports::read_payload& read) {
  v1::CanonicalEvent event;
  EXPECT_FALSE(read.events.empty()) << (read.refused.empty() ? "" : read.refused.front().message);
  EXPECT_TRUE(read.events.empty() || event.ParseFromString(read.events.front()));
  return event;
}

constexpr const char* head = "format: xml\nsource_system: s\nevent_type: t\n";

TEST(XmlSource, FindsAttributesTextsNumbersAndLists) {
  const auto event =
      event_of(map(std::string(head) + R"(
fields:
  ticket_id: {xpath: '@id'}
  occurred_at: {xpath: "*[local-name()='at']"}
  status: {xpath: 's:state'}
  priority: {xpath: 'string(nothing)'}
  agent_id: {xpath: agent, null: clears}
  channel: {template: "{via/@kind}-{count(tag)}"}
raw_tags: [{xpath: tag}]
custom_metrics: {tags: count(tag), known: 'boolean(tag)'}
)",
                   "<?xml version='1.0'?><case xmlns:s='urn:s' xmlns:xsi='urn:x' id='7'>"
                   "<s:at>2024-03-01T00:00:00Z</s:at><s:state>a <b>&lt;bold&gt;</b></s:state>"
                   "<agent xsi:nil='true'/><via kind='web'/><tag>x</tag><tag/><tag><![CDATA[y&z]]></tag></case>"));
  EXPECT_EQ(event.ticket_id(), "7");
  EXPECT_EQ(event.status(), "a <bold>");
  EXPECT_FALSE(event.has_priority());
  EXPECT_EQ(event.channel(), "web-3");
  EXPECT_THAT(event.cleared().paths(), ElementsAre("agent_id"));
  EXPECT_THAT(event.raw_tags(), ElementsAre("x", "y&z"));
  EXPECT_EQ(event.custom_metrics().at("tags"), 3.0);
  EXPECT_EQ(event.custom_metrics().at("known"), 1.0);
}

TEST(XmlSource, SplitsByElementsAndDropsByConditions) {
  const auto read =
      map(std::string(head) + "each: case\ndrop: [{when: note, reason: a note}, {when: '@n > 5', reason: old}]\n"
                              "fields: {ticket_id: {xpath: '@n'}, occurred_at: {xpath: ../@at}}\n",
          "<l at='2024-03-01T00:00:00Z'><case n='1'/><case n='2'><note/></case><case n='9'/><case/></l>");
  EXPECT_THAT(read.events, SizeIs(1));
  EXPECT_THAT(read.dropped, ElementsAre("a note", "old"));
  ASSERT_THAT(read.refused, SizeIs(1));
  EXPECT_EQ(read.refused[0].record, "");
  EXPECT_EQ(read.refused[0].field_path, "ticket_id");
}

TEST(XmlSource, RefusesWhatIsNoXmlDocumentTypesAndDeepNesting) {
  const std::string mapping_text = std::string(head) + "fields: {ticket_id: {xpath: a}, occurred_at: {xpath: b}}\n";
  const auto message = [&](const std::string& body) {
    const auto read = map(mapping_text, body);
    EXPECT_THAT(read.refused, SizeIs(1));
    EXPECT_EQ(read.refused.at(0).reason, v1::BAD_FORMAT);
    return read.refused.at(0).message;
  };
  EXPECT_THAT(message("<a>\n<b></a>"), HasSubstr("line 2"));
  EXPECT_THAT(message(""), HasSubstr("not XML"));
  EXPECT_THAT(message("plain"), HasSubstr("not XML"));
  EXPECT_THAT(message("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"), HasSubstr("document type"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "<a>";
  for (int i = 0; i < 100'000; ++i)
    deep += "</a>";
  EXPECT_THAT(message(deep), HasSubstr("deeper than 256"));
}

TEST(XmlSource, GivesTheEventsOfAnEventLogTheAttributesOfTheirTrace) {
  const auto read = map("format: xes\nsource_system: s\nevent_type: t\nfields:\n"
                        "  ticket_id: {xpath: \"trace/*[@key='concept:name']/@value\"}\n"
                        "  occurred_at: {xpath: \"*[@key='time:timestamp']/@value\"}\n"
                        "  status: {xpath: \"*[@key='concept:name']/@value\"}\n",
                        "<log xmlns='http://www.xes-standard.org/'><trace><string key='concept:name' value='C1'/>"
                        "<event><string key='concept:name' value='open'/><date key='time:timestamp' "
                        "value='2024-03-01T00:00:00Z'/></event>"
                        "<event><string key='concept:name' value='close'/><date key='time:timestamp' "
                        "value='2024-03-02T00:00:00Z'/></event>"
                        "</trace><event><string key='concept:name' value='stray'/></event></log>");
  ASSERT_THAT(read.events, SizeIs(2));
  v1::CanonicalEvent second;
  ASSERT_TRUE(second.ParseFromString(read.events[1]));
  EXPECT_EQ(second.ticket_id(), "C1");
  EXPECT_EQ(second.status(), "close");
  ASSERT_THAT(read.refused, SizeIs(1)) << "an event outside traces has none";
  EXPECT_EQ(read.refused[0].field_path, "ticket_id");
}

} // namespace
} // namespace cxstream::sources
