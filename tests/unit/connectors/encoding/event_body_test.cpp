#include "connectors/encoding/event_body.hpp"

#include "connectors/encoding/message_marks.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace cxstream::connectors {
namespace {

using connectors_test::event_of;
using connectors_test::log_of_events;
using connectors_test::now;

json_event everything() {
  v1::Projection projection;
  projection.set_kind(v1::BI);
  return json_event(*model::compile_projection(projection));
}

rapidjson::Document written(event_body& body, const ports::delivery& delivery) {
  std::string text;
  EXPECT_TRUE(body.append(delivery, now, text));
  rapidjson::Document out;
  out.Parse(text.c_str());
  EXPECT_FALSE(out.HasParseError()) << text;
  return out;
}

TEST(EventBody, IsTheProjectedEventWhenPlain) {
  log_of_events log;
  event_body body(everything());
  const auto json = written(body, log.add("T1"));
  EXPECT_STREQ(json["ticket_id"].GetString(), "T1");
  EXPECT_EQ(body.content_type(), "application/json");
}

TEST(EventBody, IsACloudEventOfTheEventsOwnPartsWhenAskedFor) {
  log_of_events log;
  auto event = event_of("T 1", 5);
  event.set_event_id("ev-9");
  event.set_source_system("my desk/eu");
  event_body body(everything(), envelope::cloudevents, "https://schemas.example/cx.json");
  const auto json = written(body, log.add(event));
  const std::vector<std::pair<const char*, std::string>> expected{
      {"specversion", "1.0"},
      {"id", "ev-9"},
      {"source", "/cx/my%20desk%2Feu"},
      {"type", "cx.ticket.signal.v1"},
      {"subject", "T 1"},
      {"time", "2026-01-02T03:04:10Z"},
      {"datacontenttype", "application/json"},
      {"dataschema", "https://schemas.example/cx.json"},
      {"partitionkey", "T 1"},
      {"sequence", "5"},
      {"ticketsequence", "1"},
  };
  for (const auto& [name, value] : expected)
    EXPECT_EQ(json[name].GetString(), value) << name;
  EXPECT_EQ(json.MemberCount(), expected.size() + 1);
  EXPECT_STREQ(json["data"]["idempotency_key"].GetString(), "T 1/5");
  EXPECT_EQ(body.content_type(), "application/cloudevents+json");
}

TEST(EventBody, NamesACloudEventByTicketAndKeyWhenTheSourceGivesNoId) {
  log_of_events log;
  event_body body(everything(), envelope::cloudevents, "");
  const auto first = log.add("T1"), second = log.add("T2");
  const auto json = written(body, first);
  EXPECT_STREQ(json["id"].GetString(), "T1/T1/1");
  EXPECT_FALSE(json.HasMember("dataschema"));
  EXPECT_STRNE(written(body, second)["id"].GetString(), "T1/T1/1");
}

TEST(EventBody, LeavesTheTextAloneWhenTheBytesAreNoEvent) {
  log_of_events log;
  auto broken = log.add("T1");
  broken.event = std::string("\xff");
  for (const auto form : {envelope::plain, envelope::cloudevents}) {
    event_body body(everything(), form, "");
    std::string text = "before";
    EXPECT_FALSE(body.append(broken, now, text));
    EXPECT_EQ(text, "before");
  }
}

TEST(MessageMarks, AreTheSameForARepeatAndNoOthers) {
  auto a = event_of("T1", 1), again = event_of("T1", 1), other = event_of("T1", 2);
  again.set_status("changed on the way");
  EXPECT_EQ(message_mark(a), message_mark(again));
  EXPECT_NE(message_mark(a), message_mark(other));
  a.set_ticket_id("x");
  a.set_idempotency_key("yz");
  other.set_ticket_id("xy");
  other.set_idempotency_key("z");
  EXPECT_NE(message_mark(a), message_mark(other)) << "where one part ends is part of the mark";
}

TEST(MessageMarks, TravelAsHeadersOfOneLineEach) {
  auto e = event_of("T1", 3);
  e.set_idempotency_key("a\r\nEvil: 1");
  e.mutable_pipeline()->set_ticket_sequence(2);
  const auto headers = message_headers(e);
  ASSERT_EQ(headers.size(), 4u) << "an empty schema is left out";
  EXPECT_EQ(headers[0].name, "idempotency_key");
  EXPECT_EQ(headers[0].value, "a  Evil: 1");
  EXPECT_EQ(headers[1].value, "3");
  EXPECT_EQ(headers[2].value, "2");
  EXPECT_EQ(headers[3].value, "2026-01-02T03:04:08Z");
}

} // namespace
} // namespace cxstream::connectors
