#include "unit/transport/http/http_loopback.hpp"

#include <atomic>
#include <thread>

namespace cxstream::transport::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class HttpLimits : public HttpLoopback {};

TEST_F(HttpLimits, CutOffAHeadThatDribbles) {
  options.limits.head_max = 100ms;
  start();
  raw_client client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHo");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_NE(answer->body.find("head"), std::string::npos) << answer->body;
}

TEST_F(HttpLimits, CutOffABodyThatComesTooSlowlyHoweverSteadily) {
  options.limits.body_max = 100ms;
  options.limits.body_bytes_per_s_min = 1'000'000;
  start();
  raw_client client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
  std::atomic<bool> over = false;
  std::thread dribbles([&] {
    while (!over && client.send("x"))
      std::this_thread::yield();
  });
  const auto answer = client.receive();
  over = true;
  dribbles.join();
  // A fast machine gets 900 bytes over in time; then there is nothing to cut.
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->status == 408 || answer->status == 200) << answer->status;

  raw_client silent(server->port());
  silent.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nhalf");
  EXPECT_EQ(silent.receive().value_or(raw_answer{}).status, 408);
}

TEST_F(HttpLimits, GiveALongBodyTheTimeItNeedsAtTheSlowestRate) {
  options.limits.body_max = 50ms;
  options.limits.body_bytes_per_s_min = 100; // 500 bytes may take 5 s more
  start();
  raw_client client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 501\r\n\r\n" + std::string(500, 'x'));
  // Waits for longer than body_max without sleeping: a second connection's time-out tells that it is over.
  raw_client other(server->port());
  other.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(other.receive().value_or(raw_answer{}).status, 408);
  client.send("y");
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 200);
}

TEST_F(HttpLimits, CloseConnectionsThatIdle) {
  options.limits.idle_max = 100ms;
  start();
  raw_client never(server->port());
  raw_client once(server->port());
  once.send(post("/echo", "x"));
  EXPECT_EQ(once.receive().value_or(raw_answer{}).status, 200);
  EXPECT_TRUE(once.ended());
  EXPECT_TRUE(never.ended());
}

TEST_F(HttpLimits, AnswerForAHandlerThatTakesTooLong) {
  options.limits.answer_max = 100ms;
  start();
  raw_client client(server->port());
  client.send(post("/hold", "x"));
  const auto exchange = held->next();
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("retry-after"), "5");
  exchange->answer({200, "too late"});
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpLimits, TurnConnectionsAwayBeyondTheMost) {
  options.limits.connections_max = 3;
  start();
  std::vector<raw_client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server->port());
    clients.back().send(post("/echo", "x"));
    ASSERT_EQ(clients.back().receive().value_or(raw_answer{}).status, 200);
  }
  {
    raw_client late(server->port());
    late.send(post("/echo", "x"));
    const auto answer = late.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("retry-after"), "5");
  }
  clients.front().send(post("/echo", "still"));
  EXPECT_EQ(clients.front().receive().value_or(raw_answer{}).body, "still");
}

TEST_F(HttpLimits, HoldTheBytesInFlightOfAllConnectionsTogether) {
  options.limits.in_flight_bytes_max = 1'000;
  start();
  raw_client first(server->port());
  first.send(post("/hold", std::string(1'000, 'x')));
  auto exchange = held->next();
  ASSERT_TRUE(exchange);
  const auto answer = asked(post("/echo", "x"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "2");
  exchange->answer({200, ""});
  exchange.reset();
  EXPECT_EQ(first.receive().value_or(raw_answer{}).status, 200);
  EXPECT_EQ(asked(post("/echo", "x")).status, 200);
}

TEST_F(HttpLimits, GiveBackTheBytesOfClientsThatWentAway) {
  options.limits.in_flight_bytes_max = 2'000;
  start();
  for (int i = 0; i < 20; ++i) {
    raw_client client(server->port());
    client.send("POST /things/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + std::string(900, 'x'));
    client.half_close();
    ASSERT_EQ(client.receive().value_or(raw_answer{}).status, 400) << i;
    ASSERT_TRUE(client.ended());
  }
  EXPECT_EQ(asked(post("/echo", "x")).status, 200);
}

TEST_F(HttpLimits, LetTwoThousandIdleAndDribblingConnectionsHarmNobody) {
  start();
  std::vector<raw_client> crowd;
  crowd.reserve(2'000);
  for (int i = 0; i < 2'000; ++i) {
    crowd.emplace_back(server->port());
    ASSERT_TRUE(crowd.back().connected()) << i;
    if (i % 2 == 0)
      crowd.back().send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
  }
  raw_client client(server->port());
  const auto begin = steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    client.send(post("/echo", "x"));
    ASSERT_EQ(client.receive().value_or(raw_answer{}).status, 200);
  }
  EXPECT_LT(steady_clock::now() - begin, 5s);
  EXPECT_GE(server->connections(), 2'001u);
  crowd.front().send("23456789");
  EXPECT_EQ(crowd.front().receive().value_or(raw_answer{}).status, 200);
}

TEST_F(HttpLimits, CloseAnswersWhatIsInFlightAndTakesNothingNew) {
  start();
  raw_client idle(server->port());
  raw_client busy(server->port());
  idle.send(post("/echo", "x"));
  ASSERT_TRUE(idle.receive());
  busy.send(post("/hold", "x"));
  auto exchange = held->next();
  ASSERT_TRUE(exchange);
  const int port = server->port();
  std::thread closing([&] { server->close(20s); });
  EXPECT_TRUE(idle.ended());
  exchange->answer({200, "done"});
  const auto answer = busy.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_TRUE(busy.ended());
  closing.join();
  EXPECT_FALSE(raw_client(port).connected());
}

TEST_F(HttpLimits, CloseCutsWhatIsNotAnsweredInTimeAndOutlivesLateAnswers) {
  start();
  raw_client busy(server->port());
  busy.send(post("/hold", "x"));
  auto exchange = held->next();
  ASSERT_TRUE(exchange);
  server->close(50ms);
  EXPECT_TRUE(busy.ended());
  server.reset();
  exchange->answer({200, "to nobody"});
  exchange.reset();
}

TEST_F(HttpLimits, CloseUnderLoadLosesNoAnswer) {
  start();
  std::atomic<std::size_t> answered = 0;
  std::atomic<std::size_t> torn = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c)
    clients.emplace_back([&] {
      raw_client client(server->port());
      while (client.send(post("/echo", std::string(500, 'x')))) {
        const auto answer = client.receive();
        if (!answer)
          break; // closed between two requests
        answer->body.size() == 500 ? ++answered : ++torn;
        if (answer->header("connection") == "close")
          break;
      }
    });
  while (answered < 500)
    std::this_thread::yield();
  server->close(20s);
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(torn, 0u);
  EXPECT_EQ(server->connections(), 0u);
}

} // namespace
} // namespace cxstream::transport::test
