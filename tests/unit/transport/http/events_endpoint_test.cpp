#include "transport/http/events_endpoint.hpp"

#include "unit/transport/http/http_loopback.hpp"

#include <google/protobuf/util/time_util.h>
#include <nlohmann/json.hpp>

namespace cxstream::transport::test {
namespace {

using nlohmann::json;

constexpr const char* as_json = "Content-Type: application/json\r\n";
constexpr const char* as_lines = "Content-Type: application/x-ndjson\r\n";
constexpr const char* as_cloud_event = "Content-Type: application/cloudevents+json; charset=utf-8\r\n";
constexpr const char* as_cloud_batch = "Content-Type: application/cloudevents-batch+json\r\n";

constexpr const char* cloud_json =
    R"({"specversion":"1.0","id":"e-1","source":"/cx/zendesk","type":"cx.ticket.signal.v1",
  "subject":"T-7","time":"2026-01-02T03:04:05Z","sequence":"12","data":{"sentiment":{"label":"negative","score":-0.5}}})";

class EventsEndpoint : public HttpLoopback {
protected:
  void serve(std::size_t records_max = 100) {
    routes.push_back({"POST", "/v1/events", std::make_shared<events_endpoint>(gate, nullptr, records_max)});
    start();
  }
  raw_answer sent(std::string_view body, std::string_view headers) {
    return asked(post("/v1/events", body, headers));
  }

  deciding_gate gate;
};

TEST_F(EventsEndpoint, TakesOneEventInEitherStyleOfNames) {
  serve();
  for (const auto* body :
       {R"({"ticket_id":"T-1","event_type":"ticket.updated","occurred_at":"2026-01-02T03:04:05Z","version":"7"})",
        R"({"ticketId":"T-1","eventType":"ticket.updated","occurredAt":"2026-01-02T03:04:05Z","version":7})"}) {
    const auto answer = sent(body, as_json);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["accepted"], 1);
    EXPECT_EQ(json::parse(answer.body)["results"][0]["outcome"], "ACCEPTED");
    const auto event = gate.events().back();
    EXPECT_EQ(event.ticket_id(), "T-1");
    EXPECT_EQ(event.event_type(), "ticket.updated");
    EXPECT_EQ(event.version(), 7u);
    EXPECT_EQ(event.occurred_at().seconds(), 1'767'323'045);
  }
}

TEST_F(EventsEndpoint, AnswersAnArrayOneByOneInItsOrder) {
  gate.decide = [](const v1::CanonicalEvent& event) {
    v1::EventResult result;
    result.set_outcome(event.ticket_id() == "again" ? v1::DUPLICATE : v1::ACCEPTED);
    result.set_ticket_sequence(event.ticket_id() == "again" ? 3 : 4);
    return result;
  };
  serve();
  const auto answer =
      sent(R"([{"ticket_id":"a"}, {"no_such_field":1}, 17, {"ticket_id":"again"}, {"ticket_id":"b"}])", as_json);
  EXPECT_EQ(answer.status, 202);
  const auto said = json::parse(answer.body);
  EXPECT_EQ(said["accepted"], 2);
  EXPECT_EQ(said["duplicate"], 1);
  EXPECT_EQ(said["rejected"], 2);
  ASSERT_EQ(said["results"].size(), 5u);
  const std::vector<std::string> outcomes{"ACCEPTED", "REJECTED", "REJECTED", "DUPLICATE", "ACCEPTED"};
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(said["results"][i]["outcome"], outcomes[i]) << i;
  EXPECT_NE(said["results"][1]["message"].get<std::string>().find("no_such_field"), std::string::npos) << answer.body;
  EXPECT_EQ(said["results"][1]["reason"], "BROKEN_CONTRACT");
  EXPECT_EQ(said["results"][2]["dead_letter_id"], "dl-2");
  ASSERT_EQ(gate.letters().size(), 2u);
  EXPECT_EQ(gate.letters()[0].payload(), R"({"no_such_field":1})");
  EXPECT_EQ(gate.letters()[1].payload(), "17");
  EXPECT_EQ(gate.letters()[0].source(), events_endpoint::door);
}

TEST_F(EventsEndpoint, TakesLinesAndRefusesBrokenOnesAlone) {
  serve();
  const auto answer = sent("{\"ticket_id\":\"a\"}\r\n\n  \n{\"ticket_id\":\n{\"ticket_id\":\"b\"}", as_lines);
  EXPECT_EQ(answer.status, 202);
  const auto said = json::parse(answer.body);
  EXPECT_EQ(said["accepted"], 2);
  EXPECT_EQ(said["results"][1]["reason"], "BAD_FORMAT");
  EXPECT_EQ(gate.letters()[0].payload(), "{\"ticket_id\":");
}

TEST_F(EventsEndpoint, AnswersBodiesThatCannotBeReadWith400AndKeepsThem) {
  serve();
  const std::vector<std::pair<std::string, const char*>> bodies{{"{\"ticket_id\":\"a\"", as_json},
                                                                {"[{\"ticket_id\":\"a\"},]", as_json},
                                                                {"", as_json},
                                                                {"{\"a\":1} {}", as_json},
                                                                {"{'a':1}", as_json},
                                                                {"no\njson\n", as_lines},
                                                                {"\n\n", as_lines},
                                                                {"[]", as_cloud_event},
                                                                {"{}", as_cloud_batch},
                                                                {std::string("{}\0x", 4), as_json},
                                                                {"{\"ticket_id\":\"\xff\"}", as_json}};
  std::size_t letters = 0;
  for (const auto& [body, headers] : bodies) {
    const auto answer = sent(body, headers);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.body.find("dl-" + std::to_string(++letters)), std::string::npos) << answer.body;
    ASSERT_EQ(gate.letters().size(), letters);
    EXPECT_EQ(gate.letters().back().payload(), body);
    EXPECT_EQ(gate.letters().back().reject_reason(), v1::BAD_FORMAT);
  }
  EXPECT_TRUE(gate.events().empty());
}

TEST_F(EventsEndpoint, TakesAnEmptyArrayForNothing) {
  serve();
  const auto answer = sent(" [ ] ", as_json);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"accepted":0,"duplicate":0,"rejected":0,"results":[]})"));
  EXPECT_EQ(gate.sessions_opened(), 0u);
}

TEST_F(EventsEndpoint, RefusesMoreEventsThanABatchMayHold) {
  serve(3);
  EXPECT_EQ(sent("[{},{},{}]", as_json).status, 200);
  EXPECT_EQ(sent("[{},{},{},{}]", as_json).status, 413);
  EXPECT_EQ(sent("{}\n{}\n{}\n{}\n", as_lines).status, 413);
}

TEST_F(EventsEndpoint, RefusesWhatItDoesNotSpeak) {
  serve();
  const auto answer = sent("a=b", "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(answer.status, 415);
  EXPECT_NE(answer.body.find("application/x-ndjson"), std::string::npos);
}

TEST_F(EventsEndpoint, IsNotTakenInByDepth) {
  serve();
  EXPECT_EQ(sent(std::string(200'000, '['), as_json).status, 400);
  const auto deep = sent("[{\"sentiment\":" + std::string(50'000, '[') + std::string(50'000, ']') + "}]", as_json);
  EXPECT_EQ(deep.status, 202) << deep.body;
}

TEST_F(EventsEndpoint, SaysSoWhenTheNodeDoesNotTakeThem) {
  serve();
  gate.fail_next({base::error_code::resource_exhausted, "disk full"});
  const auto answer = sent("{}", as_json);
  EXPECT_EQ(answer.status, 503);
  EXPECT_FALSE(answer.header("retry-after").empty());
  gate.fail_next({base::error_code::resource_exhausted, "disk full"});
  EXPECT_EQ(sent("{", as_json).status, 503); // its dead letter is not kept, so it may come again
}

void expect_the_signal(const v1::CanonicalEvent& event) {
  EXPECT_EQ(event.event_id(), "e-1");
  EXPECT_EQ(event.ticket_id(), "T-7");
  EXPECT_EQ(event.event_type(), "ticket.signal");
  EXPECT_EQ(event.source_system(), "zendesk");
  EXPECT_EQ(event.version(), 12u);
  EXPECT_EQ(event.idempotency_key(), "/cx/zendesk e-1");
  EXPECT_EQ(event.occurred_at().seconds(), 1'767'323'045);
  EXPECT_EQ(event.sentiment().label(), "negative");
  EXPECT_EQ(event.sentiment().score(), -0.5);
}

TEST_F(EventsEndpoint, MapsACloudEventTheSameWayInEveryMode) {
  serve();
  EXPECT_EQ(sent(cloud_json, as_cloud_event).status, 200);
  EXPECT_EQ(sent("[" + std::string(cloud_json) + "," + cloud_json + "]", as_cloud_batch).status, 200);
  const auto binary =
      sent(R"({"sentiment":{"label":"negative","score":-0.5}})",
           "Content-Type: application/json\r\nce-specversion: 1.0\r\nce-id: e-1\r\nce-source: /cx/zendesk\r\n"
           "ce-type: cx.ticket.signal.v1\r\nce-subject: T%2D7\r\nce-time: 2026-01-02T03:04:05Z\r\n"
           "ce-sequence: 12\r\n");
  EXPECT_EQ(binary.status, 200) << binary.body;
  ASSERT_EQ(gate.events().size(), 4u);
  for (const auto& event : gate.events())
    expect_the_signal(event);
}

TEST_F(EventsEndpoint, RefusesOneCloudEventOfABatchAlone) {
  serve();
  const auto answer = sent(
      "[" + std::string(cloud_json) + R"(,{"specversion":"0.3","id":"x","source":"s","type":"t"}])", as_cloud_batch);
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(json::parse(answer.body)["results"][1]["field_path"], "specversion");
}

} // namespace
} // namespace cxstream::transport::test
