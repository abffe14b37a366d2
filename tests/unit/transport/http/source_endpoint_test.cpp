#include "transport/http/source_endpoint.hpp"

#include "support/turned_clock.hpp"
#include "unit/transport/http/http_loopback.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::transport::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string event_bytes(const std::string& ticket) {
  v1::CanonicalEvent event;
  event.set_ticket_id(ticket);
  return event.SerializeAsString();
}

// A line of the body is a record: "drop …", "bad …", "unsigned", or the ticket of an event.
ports::read_payload read_lines(const ports::payload& from) {
  ports::read_payload read;
  std::istringstream lines(from.body);
  for (std::string line; std::getline(lines, line);) {
    if (line == "unsigned")
      return {{}, {}, {{v1::BAD_SIGNATURE, "", "the signature is not the body's", ""}}};
    if (line.starts_with("drop"))
      read.dropped.push_back(line);
    else if (line.starts_with("bad"))
      read.refused.push_back({v1::BAD_MAPPING, "ticket_id", "no ticket in '" + line + "'", line});
    else if (line.starts_with("whole"))
      read.refused.push_back({v1::BAD_FORMAT, "", "broken", ""});
    else
      read.events.push_back(event_bytes(line));
  }
  return read;
}

class SourceEndpoint : public HttpLoopback {
protected:
  SourceEndpoint() {
    http_source source{std::make_shared<scripted_reader>(&read_lines), "zendesk", {}};
    table.sources["zendesk"] = source;
    source.rate = {10, 10, 0, 0};
    table.sources["slow"] = source;
    table.removed = {"old"};
  }
  void serve() {
    endpoint = std::make_shared<source_endpoint>(source_services{gate, clock, meter, log}, table,
                                                 source_limits{.records_max = 100, .unsigned_letters_per_minute = 3});
    routes.push_back({"POST", "/v1/sources/{name}", endpoint});
    start();
  }
  raw_answer sent(const std::string& body, const std::string& headers = {}, const std::string& source = "zendesk") {
    return asked(post("/v1/sources/" + source, body, headers));
  }

  deciding_gate gate;
  support::turned_clock clock;
  noted_meter meter;
  source_table table;
  std::shared_ptr<source_endpoint> endpoint;
};

TEST_F(SourceEndpoint, AnswersDurableEventsAndRepeatsWith200) {
  gate.decide = [](const v1::CanonicalEvent& event) {
    v1::EventResult result;
    result.set_outcome(event.ticket_id() == "again" ? v1::DUPLICATE : v1::ACCEPTED);
    return result;
  };
  serve();
  const auto answer = sent("T-1\nagain\ndrop this\nT-2");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"accepted":2,"duplicate":1,"dropped":1,"rejected":[]})"));
  ASSERT_EQ(gate.events().size(), 3u);
  EXPECT_EQ(gate.events()[0].ticket_id(), "T-1");
  EXPECT_EQ(meter.count("zendesk taken"), 1u);
  EXPECT_EQ(meter.count("zendesk dropped"), 1u);
  EXPECT_EQ(meter.last("zendesk"), clock.now());
}

TEST_F(SourceEndpoint, AnswersAPayloadOfNothingButDropsWithoutTroublingTheNode) {
  serve();
  const auto answer = sent("drop a\ndrop b");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body)["dropped"], 2);
  EXPECT_EQ(gate.sessions_opened(), 0u);
  EXPECT_EQ(meter.last("zendesk"), base::timestamp{});
}

TEST_F(SourceEndpoint, AnswersRefusedRecordsWith202AndKeepsThemWithoutSecrets) {
  serve();
  const auto answer =
      sent("T-1\nbad one\nwhole\nwhole", "X-Topic: ticket\r\nX-Shared: s3cret\r\nAuthorization: Basic eA==\r\n");
  EXPECT_EQ(answer.status, 202);
  const auto said = json::parse(answer.body);
  EXPECT_EQ(said["accepted"], 1);
  ASSERT_EQ(said["rejected"].size(), 2u); // what has no record of its own shares one letter
  EXPECT_EQ(
      said["rejected"][1],
      json::parse(
          R"({"reason":"BAD_MAPPING","field_path":"ticket_id","message":"no ticket in 'bad one'","dead_letter_id":"dl-2"})"));
  const auto letters = gate.letters();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].stage(), v1::SOURCE);
  EXPECT_EQ(letters[0].source(), "zendesk");
  EXPECT_EQ(letters[0].source_system(), "zendesk");
  EXPECT_EQ(letters[0].reason(), "BAD_FORMAT");
  EXPECT_EQ(letters[0].payload(), "T-1\nbad one\nwhole\nwhole");
  EXPECT_NE(letters[0].message().find("(and 1 more records of this payload)"), std::string::npos);
  EXPECT_EQ(letters[1].reason(), "BAD_MAPPING");
  EXPECT_EQ(letters[1].payload(), "bad one");
  std::string names;
  for (const auto& header : letters[0].headers())
    names += header.name() + "=" + header.value() + ";";
  EXPECT_NE(names.find("x-topic=ticket"), std::string::npos) << names;
  EXPECT_EQ(names.find("s3cret"), std::string::npos) << names;
  EXPECT_EQ(names.find("Basic"), std::string::npos) << names;
  EXPECT_EQ(meter.count("zendesk quarantined"), 1u);
  EXPECT_EQ(meter.count("zendesk BAD_MAPPING"), 1u);
}

TEST_F(SourceEndpoint, AnswersAConflictLikeAnyRefusal) {
  gate.decide = [](const v1::CanonicalEvent&) {
    v1::EventResult result;
    result.set_outcome(v1::CONFLICT);
    result.set_reason(v1::KEY_CONFLICT);
    result.set_dead_letter_id("dl-9");
    return result;
  };
  serve();
  const auto answer = sent("T-1");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(json::parse(answer.body)["rejected"][0]["dead_letter_id"], "dl-9");
  EXPECT_EQ(meter.count("zendesk KEY_CONFLICT"), 1u);
}

TEST_F(SourceEndpoint, RefusesWrongSignaturesAndKeepsOnlyAFewOfThemAMinute) {
  serve();
  for (int i = 0; i < 50; ++i) {
    const auto answer = sent("unsigned");
    EXPECT_EQ(answer.status, 401);
    EXPECT_NE(answer.body.find("signature"), std::string::npos);
  }
  EXPECT_EQ(gate.letters().size(), 3u);
  EXPECT_EQ(gate.letters()[0].payload(), "unsigned");
  EXPECT_EQ(meter.count("zendesk unauthorized"), 50u);
  EXPECT_EQ(meter.count("zendesk BAD_SIGNATURE"), 50u);
  clock.time += 60s;
  for (int i = 0; i < 50; ++i)
    sent("unsigned");
  EXPECT_EQ(gate.letters().size(), 6u);
}

TEST_F(SourceEndpoint, SaysUnauthorizedEvenWhenItsLetterCannotBeKept) {
  serve();
  gate.fail_next({base::error_code::resource_exhausted, "disk full"});
  EXPECT_EQ(sent("unsigned").status, 401);
}

TEST_F(SourceEndpoint, AsksASourceOverItsRateToWaitAndNoOther) {
  serve();
  EXPECT_EQ(sent(std::string("T\nT\nT\nT\nT\nT\nT\nT\nT\nT"), "", "slow").status, 200);
  const auto answer = sent("T", "", "slow");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "1");
  EXPECT_EQ(sent("T").status, 200);
  EXPECT_EQ(meter.count("slow limited"), 1u);
  clock.time += 1s;
  std::string flood;
  for (int i = 0; i < 90; ++i)
    flood += "T\n";
  EXPECT_EQ(sent(flood, "", "slow").status, 200); // runs into debt
  EXPECT_EQ(sent("T", "", "slow").header("retry-after"), "9");
  clock.time += 9s;
  EXPECT_EQ(sent("T", "", "slow").status, 200);
}

TEST_F(SourceEndpoint, SpendsNothingOfTheRateOnWrongSignatures) {
  serve();
  for (int i = 0; i < 30; ++i)
    sent("unsigned", "", "slow");
  EXPECT_EQ(sent("T", "", "slow").status, 200);
}

TEST_F(SourceEndpoint, NeverSaysMoreThanAMinuteToWait) {
  table.sources["slow"].rate = {0.001, 1, 0, 0};
  serve();
  EXPECT_EQ(sent("T\nT\nT", "", "slow").status, 200);
  EXPECT_EQ(sent("T", "", "slow").header("retry-after"), "59");
}

TEST_F(SourceEndpoint, AnswersIngestThatFailsWith503AndOpensAnew) {
  serve();
  raw_client client(server->port());
  for (int round = 0; round < 3; ++round) {
    gate.fail_next({base::error_code::resource_exhausted, "disk full"});
    client.send(post("/v1/sources/zendesk", "T-1"));
    auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    const int seconds = std::stoi(answer->header("retry-after"));
    EXPECT_GE(seconds, 1);
    EXPECT_LT(seconds, 60);
    EXPECT_NE(answer->body.find("disk full"), std::string::npos) << answer->body;
    client.send(post("/v1/sources/zendesk", "T-1"));
    answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_EQ(meter.count("zendesk failed"), 3u);
  EXPECT_EQ(gate.sessions_opened(), 4u); // each failure ends one
  EXPECT_EQ(gate.sessions_open(), 1u);
}

TEST_F(SourceEndpoint, AnswersANodeThatTakesNothingWith503) {
  gate.refuse = true;
  serve();
  EXPECT_EQ(sent("T-1").status, 503);
  EXPECT_EQ(sent("bad").status, 503); // never a 202 for what is not kept
}

TEST_F(SourceEndpoint, HoldsOneSessionAConnectionAndLetsItGoWhenThatIdles) {
  options.limits.cool_after = 100ms;
  serve();
  raw_client client(server->port());
  for (int i = 0; i < 20; ++i) {
    client.send(post("/v1/sources/zendesk", "T-1"));
    ASSERT_EQ(client.receive().value_or(raw_answer{}).status, 200);
  }
  EXPECT_EQ(gate.sessions_opened(), 1u);
  EXPECT_TRUE(gate.wait_for_sessions_open(0));
  client.send(post("/v1/sources/zendesk", "T-1"));
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 200);
  EXPECT_EQ(gate.sessions_opened(), 2u);
}

TEST_F(SourceEndpoint, AnswersForANodeThatNeverDoesAndLetsItsSessionGo) {
  options.limits.answer_max = 100ms;
  serve();
  gate.ignore_next();
  EXPECT_EQ(sent("T-1").status, 503);
  EXPECT_TRUE(gate.wait_for_sessions_open(0));
}

TEST_F(SourceEndpoint, TellsUnknownSourcesFromRemovedOnes) {
  serve();
  EXPECT_EQ(sent("T", "", "zendsk").status, 404);
  EXPECT_EQ(sent("T", "", "old").status, 410);
  EXPECT_EQ(meter.count(" unknown"), 1u); // a made-up name is no label
  EXPECT_EQ(meter.count("old removed"), 1u);
}

TEST_F(SourceEndpoint, ServesANewTableFromTheNextRequestOn) {
  serve();
  table.sources["front"] = table.sources["zendesk"];
  table.sources.erase("zendesk");
  table.removed.insert("zendesk");
  endpoint->replace(table);
  EXPECT_EQ(sent("T").status, 410);
  EXPECT_EQ(sent("T", "", "front").status, 200);
}

TEST_F(SourceEndpoint, RefusesAPayloadOfTooManyRecordsAsOneDeadLetter) {
  serve();
  std::string body;
  for (int i = 0; i < 101; ++i)
    body += "T\n";
  const auto answer = sent(body);
  EXPECT_EQ(answer.status, 202);
  ASSERT_EQ(gate.letters().size(), 1u);
  EXPECT_EQ(gate.letters()[0].reject_reason(), v1::TOO_LARGE);
  EXPECT_EQ(gate.letters()[0].payload(), body);
  EXPECT_TRUE(gate.events().empty());
}

TEST_F(SourceEndpoint, AnswersWithJsonWhateverBytesARecordHolds) {
  serve();
  const auto answer = sent("bad \xff\xfe\x80 \"quoted\" \x01");
  EXPECT_EQ(answer.status, 202);
  EXPECT_NO_THROW({ EXPECT_EQ(json::parse(answer.body)["rejected"].size(), 1u); });
  EXPECT_EQ(gate.letters()[0].payload(), "bad \xff\xfe\x80 \"quoted\" \x01");
}

} // namespace
} // namespace cxstream::transport::test
