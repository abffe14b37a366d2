#include "connectors/webhook/webhook_target.hpp"

#include "connectors/factory.hpp"

#include "deliveries.hpp"
#include "support/http/http_stand_in.hpp"
#include "webhook_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <rapidjson/document.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::http_reply;
using connectors_test::http_request;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using connectors_test::webhook_server;
using ports::delivery_result;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto delivered = delivery_result::delivered;
constexpr auto permanent = delivery_result::permanent;
constexpr auto skipped = delivery_result::skipped;
constexpr auto throttled = delivery_result::throttled;
constexpr auto transient = delivery_result::transient;
constexpr auto unreachable = delivery_result::unreachable;

webhook_target target_at(const std::string& url, std::size_t batch_events_max = 1) {
  v1::Projection projection;
  projection.set_kind(v1::CRM);
  webhook_settings settings;
  settings.url = url;
  settings.http.guard = *address_guard::of("true"); // loopback
  settings.http.timeout = 300ms;
  settings.batch_events_max = batch_events_max;
  settings.signature = *security::secret::of("whsec_c2VjcmV0");
  settings.authorization = *security::secret::of("Bearer t0ken");
  return {std::move(settings), json_event(*model::compile_projection(projection))};
}

// A loopback port where nobody listens.
int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(probe);
  return ntohs(address.sin_port);
}

rapidjson::Document json_of_body(const http_request& request) {
  rapidjson::Document json;
  json.Parse(request.body.c_str());
  EXPECT_TRUE(json.IsObject()) << request.body;
  return json;
}

TEST(WebhookTarget, PostsOneSignedEventAtATimeOverOneConnection) {
  webhook_server server({http_reply{204, "", ""}});
  log_of_events log;
  auto target = target_at(server.url());
  ASSERT_TRUE(target.open());
  EXPECT_TRUE(target.positions()->empty());
  EXPECT_TRUE(all_delivered(target.deliver(std::vector{log.add("T1"), log.add("T1"), log.add("T2")}, now)));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  const auto json = json_of_body(requests[1]);
  EXPECT_STREQ(json["type"].GetString(), "ticket.updated");
  EXPECT_STREQ(json["timestamp"].GetString(), "2026-01-02T03:04:07Z");
  EXPECT_STREQ(json["data"]["ticket_id"].GetString(), "T1");
  EXPECT_EQ(json["data"]["ticket_sequence"].GetUint64(), 2u);
  EXPECT_FALSE(json["data"].HasMember("source_system")) << "the crm projection has no such field";
  auto headers = requests[1].headers;
  EXPECT_EQ(headers["Content-Type"], "application/json");
  EXPECT_EQ(headers["Authorization"], "Bearer t0ken");
  EXPECT_THAT(headers["webhook-id"], testing::MatchesRegex("msg_[0-9a-f]{32}"));
  const signed_headers signature{headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]};
  EXPECT_TRUE(signer::of("whsec_c2VjcmV0")->verify(signature, requests[1].body, base::to_us(now) / 1'000'000));
  EXPECT_EQ(requests[0].connection, requests[2].connection);
}

TEST(WebhookTarget, GivesARepeatTheSameIdAndAnotherEventAnotherOne) {
  webhook_server server({http_reply{500, "", ""}, http_reply{200, "", ""}});
  log_of_events log;
  auto target = target_at(server.url());
  const std::vector one{log.add("T1")}, two{log.add("T1")};
  EXPECT_THAT(results(target.deliver(one, now)), ElementsAre(transient));
  auto restarted = target_at(server.url());
  EXPECT_THAT(results(restarted.deliver(one, now + 1h)), ElementsAre(delivered));
  EXPECT_THAT(results(restarted.deliver(two, now)), ElementsAre(delivered));
  auto requests = server.requests();
  EXPECT_EQ(requests[0].headers["webhook-id"], requests[1].headers["webhook-id"]);
  EXPECT_NE(requests[1].headers["webhook-id"], requests[2].headers["webhook-id"]);
  EXPECT_NE(requests[0].headers["webhook-timestamp"], requests[1].headers["webhook-timestamp"]);
}

TEST(WebhookTarget, HoldsTheRestOfATicketBackWhenOneOfItsEventsFailsAndGoesOnWithOthers) {
  webhook_server server([](const http_request& r) {
    return http_reply{r.body.find("\"T1\"") != std::string::npos ? 500 : 200, "", "boom"};
  });
  log_of_events log;
  auto target = target_at(server.url());
  const auto outcomes =
      target.deliver(std::vector{log.add("T2"), log.add("T1"), log.add("T1"), log.add("T2"), log.add("T3")}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivered, transient, skipped, delivered, delivered));
  EXPECT_EQ(outcomes[1].reason, "HTTP 500: boom");
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST(WebhookTarget, StopsTheCallWhenTheTargetAsksForAPause) {
  webhook_server server({http_reply{200, "", ""}, http_reply{429, "Retry-After: 7\r\n", ""}});
  log_of_events log;
  auto target = target_at(server.url());
  const auto outcomes = target.deliver(std::vector{log.add("T1"), log.add("T2"), log.add("T2"), log.add("T3")}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(delivered, throttled, skipped, throttled));
  EXPECT_EQ(outcomes[1].retry_after, 7s);
  EXPECT_EQ(outcomes[3].retry_after, 7s);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(WebhookTarget, UnderstandsADateAsRetryAfter) {
  const auto later = std::time(nullptr) + 90;
  char date[64];
  std::strftime(date, sizeof date, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", std::gmtime(&later));
  webhook_server server({http_reply{503, date, ""}, http_reply{503, "Retry-After: nonsense\r\n", ""}});
  log_of_events log;
  auto target = target_at(server.url());
  const auto outcomes = target.deliver(std::vector{log.add("T1")}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(throttled));
  EXPECT_NEAR(static_cast<double>(outcomes[0].retry_after->count()), 90'000, 5'000);
  EXPECT_EQ(target.deliver(std::vector{log.add("T2")}, now)[0].retry_after.value_or(0s), 0s);
}

TEST(WebhookTarget, SendsABatchAsOneRequestAndGivesAllOfItOneOutcome) {
  webhook_server server({http_reply{200, "", ""}, http_reply{400, "", "bad"}});
  log_of_events log;
  auto target = target_at(server.url(), 4);
  const auto outcomes = target.deliver(std::vector{log.add("T1"), log.add("T1"), log.add("T2"), log.add("T3"), // taken
                                                   log.add("T1"), log.add("T1"), log.add("T2")},
                                       now);
  EXPECT_THAT(results(outcomes),
              ElementsAre(delivered, delivered, delivered, delivered, permanent, skipped, permanent));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  const auto json = json_of_body(requests[0]);
  EXPECT_STREQ(json["type"].GetString(), "cx.batch");
  ASSERT_EQ(json["data"].Size(), 4u);
  EXPECT_STREQ(json["data"][3]["ticket_id"].GetString(), "T3");
}

TEST(WebhookTarget, PostsCloudEventsWhenAskedForAndSignsThemTheSame) {
  webhook_server server({http_reply{200, "", ""}});
  log_of_events log;
  for (const std::size_t batch : {1, 3}) {
    config::sink_config sink;
    sink.name = "hook";
    sink.kind = "webhook";
    sink.settings = {{"url", server.url()},
                     {"secret", "whsec_c2VjcmV0"},
                     {"allow_private", "true"},
                     {"envelope", "cloudevents"},
                     {"batch_events", std::to_string(batch)}};
    auto target = std::move(*make_target(sink));
    EXPECT_TRUE(all_delivered(target->deliver(std::vector{log.add("T1"), log.add("T2")}, now)));
  }
  auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].headers["Content-Type"], "application/cloudevents+json");
  EXPECT_STREQ(json_of_body(requests[0])["subject"].GetString(), "T1");
  const signed_headers signature{requests[0].headers["webhook-id"], requests[0].headers["webhook-timestamp"],
                                 requests[0].headers["webhook-signature"]};
  EXPECT_TRUE(signer::of("whsec_c2VjcmV0")->verify(signature, requests[0].body, base::to_us(now) / 1'000'000));
  EXPECT_EQ(requests[2].headers["Content-Type"], "application/cloudevents-batch+json");
  rapidjson::Document batch;
  batch.Parse(requests[2].body.c_str());
  ASSERT_TRUE(batch.IsArray()) << requests[2].body;
  ASSERT_EQ(batch.Size(), 2u);
  EXPECT_STREQ(batch[1]["data"]["ticket_id"].GetString(), "T2");
}

TEST(WebhookTarget, DoesNotSendBytesThatAreNoEvent) {
  webhook_server server({http_reply{200, "", ""}});
  log_of_events log;
  auto target = target_at(server.url(), 10);
  auto broken = log.add("T1");
  broken.event = "\xff";
  EXPECT_THAT(results(target.deliver(std::vector{broken, log.add("T1"), log.add("T2")}, now)),
              ElementsAre(delivery_result::unfit, skipped, delivered));
  EXPECT_EQ(json_of_body(server.requests().at(0))["data"].Size(), 1u);
}

TEST(WebhookTarget, DoesNotFollowARedirect) {
  webhook_server elsewhere({http_reply{200, "", ""}});
  webhook_server server({http_reply{302, "Location: " + elsewhere.url() + "\r\n", ""}});
  log_of_events log;
  auto target = target_at(server.url());
  EXPECT_THAT(results(target.deliver(std::vector{log.add("T1")}, now)), ElementsAre(permanent));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(WebhookTarget, KeepsLittleOfAHugeAnswer) {
  webhook_server server(
      {http_reply{400, "", std::string(5'000'000, 'x')}, http_reply{200, "", std::string(5'000'000, 'x')}});
  log_of_events log;
  auto target = target_at(server.url());
  const auto refused = target.deliver(std::vector{log.add("T1")}, now);
  EXPECT_EQ(refused[0].result, permanent);
  EXPECT_LT(refused[0].reason.size(), 300u);
  EXPECT_THAT(results(target.deliver(std::vector{log.add("T2")}, now)), ElementsAre(delivered));
}

TEST(WebhookTarget, CallsAnAnswerThatComesTooLateTransient) {
  support::http_stand_in server;
  auto silence = support::said(200);
  silence.ending = support::reply_ending::never;
  server.next(silence);
  log_of_events log;
  auto target = target_at(server.url());
  const auto outcomes = target.deliver(std::vector{log.add("T1")}, now);
  EXPECT_EQ(outcomes[0].result, transient);
  EXPECT_THAT(outcomes[0].reason, HasSubstr("timed out"));
}

TEST(WebhookTarget, IsUnreachableWhenNobodyListensAndTriesTheRestOfTheCallNoMore) {
  log_of_events log;
  auto target = target_at("http://127.0.0.1:" + std::to_string(free_port()) + "/hook");
  ASSERT_TRUE(target.open()) << "whether the target is there shows in the first delivery";
  const auto outcomes = target.deliver(std::vector{log.add("T1"), log.add("T1"), log.add("T2")}, now);
  EXPECT_THAT(results(outcomes), ElementsAre(unreachable, skipped, unreachable));
  EXPECT_FALSE(outcomes[0].reason.empty());
}

TEST(WebhookTarget, IsUnreachableWhenTheHostHasNoNameOrSpeaksNoTls) {
  log_of_events log;
  auto unknown = target_at("http://no-such-host.invalid/");
  EXPECT_THAT(results(unknown.deliver(std::vector{log.add("T1")}, now)), ElementsAre(unreachable));
  webhook_server plain({http_reply{}});
  auto url = plain.url();
  auto tls = target_at(url.replace(0, 4, "https"));
  EXPECT_THAT(results(tls.deliver(std::vector{log.add("T1")}, now)), ElementsAre(unreachable));
  EXPECT_TRUE(plain.requests().empty());
}

TEST(WebhookTarget, ComesBackWhenTheTargetDoes) {
  log_of_events log;
  const auto port = std::to_string(free_port());
  auto target = target_at("http://127.0.0.1:" + port + "/hook");
  const std::vector event{log.add("T1")};
  EXPECT_THAT(results(target.deliver(event, now)), ElementsAre(unreachable));
  CivetServer late({"listening_ports", "127.0.0.1:" + port}); // knows no such page, but answers
  EXPECT_THAT(results(target.deliver(event, now)), ElementsAre(permanent));
}

} // namespace
} // namespace cxstream::connectors
