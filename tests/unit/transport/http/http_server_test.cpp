#include "unit/transport/http/http_loopback.hpp"

#include <thread>

namespace cxstream::transport::test {
namespace {

using namespace std::string_literals;

class HttpTransport : public HttpLoopback {};

TEST_F(HttpTransport, AnswersRequestAfterRequestOnOneConnection) {
  start();
  raw_client client(server->port());
  for (int i = 0; i < 100; ++i) {
    const auto body = "body " + std::to_string(i);
    ASSERT_TRUE(client.send(post("/echo", body)));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, body);
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(HttpTransport, AnswersPipelinedRequestsInTheirOrder) {
  start();
  raw_client client(server->port());
  std::string all;
  for (int i = 0; i < 3'000; ++i) // more than one read takes, and as stack frames more than a stack
    all += i % 3 == 0 ? "GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n"s : post("/echo", std::to_string(i));
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 3'000; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    ASSERT_EQ(answer->status, i % 3 == 0 ? 404 : 200) << i;
    if (i % 3 != 0) {
      ASSERT_EQ(answer->body, std::to_string(i));
    }
  }
}

TEST_F(HttpTransport, TakesARequestThatComesByteByByte) {
  start();
  for (
      const std::string& request :
      {post("/echo", "hello"),
       "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"s}) {
    raw_client client(server->port());
    for (const char byte : request)
      ASSERT_TRUE(client.send({&byte, 1}));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->body, "hello");
  }
}

TEST_F(HttpTransport, GivesTheHandlerMethodPathAndPeer) {
  start();
  const auto answer = asked("GET /things/zendesk?x=1 HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-method"), "get");
  EXPECT_EQ(answer.header("x-captured"), "zendesk");
  EXPECT_EQ(answer.header("x-target"), "/things/zendesk?x=1");
  EXPECT_TRUE(answer.header("x-peer").starts_with("127.0.0.1:"));
  EXPECT_FALSE(answer.header("date").empty());
}

TEST_F(HttpTransport, SaysContinueBeforeTheBodyWhenAsked) {
  start();
  raw_client client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 100);
  client.send("hello");
  answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "hello");
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
  answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413); // and no body was asked for
  EXPECT_EQ(asked(post("/echo", "x", "Expect: miracles\r\n")).status, 417);
}

TEST_F(HttpTransport, InflatesGzipWithinTheSameLimit) {
  start();
  const std::string plain(1'000, 'x');
  const auto answer = asked(post("/echo", gzip(plain), "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, plain);
  EXPECT_EQ(asked(post("/echo", gzip(plain) + gzip("y"), "Content-Encoding: gzip\r\n")).status, 413);
  EXPECT_EQ(asked(post("/echo", gzip("ab") + gzip("cd"), "Content-Encoding: gzip\r\n")).body, "abcd");
  EXPECT_EQ(asked(post("/echo", gzip(std::string(1u << 20u, '\0')), "Content-Encoding: gzip\r\n")).status, 413);
  EXPECT_EQ(asked(post("/echo", gzip(plain).substr(0, 20), "Content-Encoding: gzip\r\n")).status, 400);
  EXPECT_EQ(asked(post("/echo", "no gzip", "Content-Encoding: gzip\r\n")).status, 400);
  const auto other = asked(post("/echo", "x", "Content-Encoding: br\r\n"));
  EXPECT_EQ(other.status, 415);
  EXPECT_EQ(other.header("accept-encoding"), "gzip");
}

TEST_F(HttpTransport, SaysWhatThereIsWhereNothingIs) {
  start();
  const auto nothing = asked(post("/v2/echo", "x"));
  EXPECT_EQ(nothing.status, 404);
  EXPECT_NE(nothing.body.find("\"code\":\"not_found\""), std::string::npos) << nothing.body;
  EXPECT_NE(nothing.body.find("POST /echo"), std::string::npos) << nothing.body;
  const auto wrong = asked("DELETE /things/a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "post, get");
  raw_client head(server->port());
  head.send("HEAD /things/a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head.receive().value_or(raw_answer{}).header("connection"), "close");
  EXPECT_EQ(asked(post("/things/a/b", "")).status, 404);
  EXPECT_EQ(asked(post("/things/", "")).status, 404);
}

TEST_F(HttpTransport, RefusesRequestsThatAreNone) {
  start();
  const std::string host = "Host: a\r\n";
  const std::vector<std::pair<std::string, int>> requests{
      {"\x16\x03\x01\x02 TLS to a plain port\r\n\r\n", 400},
      {"POST /echo\r\n\r\n", 400},
      {"POST /echo HTTP/3.7\r\n" + host + "\r\n", 400},
      {"POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 400}, // no Host
      {"POST /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\n\r\nx", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "\r\n", 411},
      {"POST /echo HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"POST /echo HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nabcd\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'e'), 400},
      {"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413},
      {"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1001\r\n\r\n", 413},
      {"POST /echo HTTP/1.1\r\n" + host + "X: " + std::string(17'000, 'h') + "\r\n\r\n", 431},
      {"POST /echo HTTP/1.1\r\n" + host + "Bad Header\r\n\r\n", 400},
      {"POST /" + std::string(17'000, 'p') + " HTTP/1.1\r\n" + host + "\r\n", 431},
  };
  for (const auto& [request, status] : requests) {
    raw_client client(server->port());
    client.send(request);
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << request.substr(0, 100);
    EXPECT_EQ(answer->status, status) << request.substr(0, 100) << answer->body;
    EXPECT_NE(answer->body.find("\"message\":\""), std::string::npos);
    EXPECT_EQ(answer->header("connection"), "close") << request.substr(0, 100);
    client.half_close();
    EXPECT_TRUE(client.ended()) << request.substr(0, 100);
  }
  EXPECT_EQ(asked(post("/echo", "still here")).status, 200);
}

TEST_F(HttpTransport, LimitsBodiesByRouteWhereverTheirLengthIsSaid) {
  start();
  const std::string body(2'000, 'x');
  EXPECT_EQ(asked(post("/things/a", body)).status, 200);
  EXPECT_EQ(asked(post("/echo", body)).status, 413);
  const auto chunked = [&](std::string_view path) {
    std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 20; ++i)
      request += "64\r\n" + std::string(100, 'x') + "\r\n";
    return request + "0\r\n\r\n";
  };
  EXPECT_EQ(asked(chunked("/things/a")).status, 200);
  EXPECT_EQ(asked(chunked("/echo")).status, 413);
}

TEST_F(HttpTransport, TellsAClientThatStoppedHalfwaySoAndTakesNothing) {
  start();
  for (const auto& request : {"POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"s, "POST /ho"s,
                              "POST /hold HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"s}) {
    raw_client client(server->port());
    client.send(request);
    client.half_close();
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, 400);
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpTransport, AnswersForHandlersThatThrowOrDropTheirExchange) {
  start();
  raw_client client(server->port());
  for (const auto* path : {"/throw", "/drop", "/echo"}) {
    client.send(post(path, "x"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, path == "/echo"s ? 200 : 500) << path;
  }
}

TEST_F(HttpTransport, ClosesWhenTheClientAskedForThat) {
  start();
  for (const std::string& request :
       {post("/echo", "x", "Connection: close\r\n"), "POST /echo HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"s}) {
    raw_client client(server->port());
    client.send(request);
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpTransport, TakesAnAnswerFromAnyThreadAndOnlyOnce) {
  start();
  raw_client client(server->port());
  client.send(post("/hold", "x"));
  auto exchange = held->next();
  ASSERT_TRUE(exchange);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { exchange->answer({200, std::to_string(i)}); });
  for (auto& thread : threads)
    thread.join();
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), 1u);
  client.send(post("/echo", "next"));
  EXPECT_EQ(client.receive().value_or(raw_answer{}).body, "next");
}

TEST_F(HttpTransport, SaysWhereItCannotListen) {
  for (const auto& listen : {"nonsense"s, "127.0.0.1:99999x"s, "256.1.1.1:0"s}) {
    options.listen = listen;
    const auto started = http_server::start(options, {}, log);
    ASSERT_FALSE(started) << listen;
    EXPECT_NE(started.err().message.find(listen), std::string::npos) << started.err().message;
  }
  options.listen = "127.0.0.1:0";
  start();
  options.listen = "127.0.0.1:" + std::to_string(server->port());
  EXPECT_EQ(http_server::start(options, {}, log).err().code, base::error_code::io);
}

} // namespace
} // namespace cxstream::transport::test
