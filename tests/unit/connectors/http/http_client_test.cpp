#include "connectors/http/http_client.hpp"

#include "connectors/http/answer_outcome.hpp"
#include "support/certificates.hpp"
#include "support/http/http_stand_in.hpp"
#include "support/scratch_dir.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using support::got_request;
using support::http_stand_in;
using support::reply_ending;
using support::said;
using testing::HasSubstr;
using testing::Not;

http_settings local() {
  http_settings out;
  out.guard = *address_guard::of("true");
  out.timeout = 2'000ms;
  return out;
}

http_answer call(const http_settings& settings, const http_request& request) {
  return http_client(settings).send(request);
}

TEST(HttpClient, SpeaksEveryMethodOverOneConnection) {
  http_stand_in server([](const got_request& r) { return said(200, r.method + " " + r.body).with("X-Limit", "7"); });
  http_client client(local());
  for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const std::string body = method == std::string("GET") ? "" : "{}";
    const auto answer = client.send({method, server.url("/a/b?c=d"), {{"X-One", "1"}}, body});
    EXPECT_EQ(answer.body, method + std::string(" ") + body);
    EXPECT_EQ(answer.header("x-limit"), "7");
  }
  EXPECT_EQ(client.send({"HEAD", server.url(), {}, {}}).status, 200);
  EXPECT_EQ(client.send({"DELETE", server.url(), {}, {}}).body, "DELETE ");
  EXPECT_EQ(client.send({"POST", server.url(), {}, {}}).body, "POST ");
  const auto requests = server.requests();
  EXPECT_EQ(requests[1].path, "/a/b");
  EXPECT_EQ(requests[1].query, "c=d");
  EXPECT_EQ(requests[1].header("x-one"), "1");
  EXPECT_EQ(requests[1].header("user-agent"), "cxstream");
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClient, RefusesLoopbackUnlessItIsAllowed) {
  http_stand_in server;
  auto settings = local();
  settings.guard = {};
  const auto name = "http://localhost:" + std::to_string(server.port()) + "/";
  for (const auto& url : {server.url(), name}) {
    const auto answer = call(settings, {"GET", url, {}, {}});
    EXPECT_EQ(answer.end, call_end::forbidden) << url;
    EXPECT_THAT(answer.error, HasSubstr("(loopback)"));
  }
  EXPECT_EQ(server.connections(), 0u) << "refused before a connection is made";
  settings.guard = *address_guard::of("localhost");
  EXPECT_EQ(call(settings, {"GET", name, {}, {}}).status, 200);
  EXPECT_EQ(call(settings, {"GET", server.url(), {}, {}}).end, call_end::forbidden);
}

TEST(HttpClient, JudgesOddSpellingsOfAnAddress) {
  http_stand_in server;
  auto settings = local();
  settings.guard = {};
  const auto port = ":" + std::to_string(server.port()) + "/";
  for (const std::string host : {"2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0"})
    EXPECT_EQ(call(settings, {"GET", "http://" + host + port, {}, {}}).end, call_end::forbidden) << host;
  EXPECT_EQ(server.connections(), 0u);
}

TEST(HttpClient, UsesNoProxyOfTheEnvironment) {
  http_stand_in server;
  http_stand_in proxy;
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
  EXPECT_EQ(call(local(), {"GET", server.url(), {}, {}}).status, 200);
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  EXPECT_EQ(proxy.connections(), 0u);
  auto settings = local();
  settings.proxy = proxy.url();
  EXPECT_EQ(call(settings, {"GET", "http://far.example/x", {}, {}}).status, 200);
  EXPECT_EQ(proxy.connections(), 1u);
}

TEST(HttpClient, JudgesAnAddressInTheUrlAlsoBehindAProxy) {
  http_stand_in proxy;
  http_settings settings;
  settings.proxy = proxy.url();
  EXPECT_EQ(call(settings, {"GET", "http://169.254.169.254/latest", {}, {}}).end, call_end::forbidden);
  EXPECT_EQ(proxy.connections(), 0u);
}

TEST(HttpClient, TellsHowACallEnded) {
  http_stand_in server;
  auto settings = local();
  settings.timeout = 300ms;
  http_client client(settings);
  const http_request get{"GET", server.url(), {}, {}};
  const auto end_after = [&](reply_ending ending) {
    auto reply = said(200, "0123456789");
    reply.ending = ending;
    server.next(reply);
    return client.send(get).end;
  };
  EXPECT_EQ(end_after(reply_ending::half_body), call_end::broken);
  EXPECT_EQ(end_after(reply_ending::reset_in_body), call_end::broken);
  EXPECT_EQ(end_after(reply_ending::reset), call_end::broken);
  EXPECT_EQ(end_after(reply_ending::never), call_end::timed_out);
  EXPECT_EQ(end_after(reply_ending::close), call_end::answered);
  EXPECT_EQ(client.send(get).status, 200);
  server.stop();
  EXPECT_EQ(client.send(get).end, call_end::not_connected);
  server.start();
  EXPECT_EQ(client.send(get).status, 200);
}

TEST(HttpClient, SendsNothingThatCouldBecomeTwoRequests) {
  http_stand_in server;
  for (const http_request& request : std::vector<http_request>{{"GET", server.url(), {{"X-A", "a\r\nX-B: b"}}, {}},
                                                               {"GET", server.url(), {{"X-A: b", "a"}}, {}},
                                                               {"GET /x HTTP/1.1\r\n", server.url(), {}, {}},
                                                               {"GET", server.url("/a b\r\nX: y"), {}, {}},
                                                               {"GET", "file:///etc/passwd", {}, {}},
                                                               {"GET", "gopher://127.0.0.1/", {}, {}}})
    EXPECT_EQ(call(local(), request).end, call_end::not_sent) << request.url;
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClient, KeepsTheBeginningOfALongAnswer) {
  http_stand_in server([](const got_request&) { return said(422, std::string(1'000'000, 'x')); });
  auto settings = local();
  settings.answer_bytes_max = 1'000;
  const auto answer = call(settings, {"GET", server.url(), {}, {}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.body_cut);
  EXPECT_EQ(answer.body.size(), 1'000u);
}

TEST(HttpClient, DoesNotFollowARedirect) {
  http_stand_in elsewhere;
  http_stand_in server([&](const got_request&) { return said(307).with("Location", elsewhere.url()); });
  EXPECT_EQ(call(local(), {"GET", server.url(), {}, {}}).status, 307);
  EXPECT_EQ(elsewhere.connections(), 0u);
}

TEST(HttpClient, VerifiesTheServerAndShowsItsOwnCertificate) {
  const support::scratch_dir dir;
  const support::certificate_authority authority(dir.path(), "trusted");
  const support::certificate_authority other(dir.path(), "other");
  const auto server_files = authority.issue("server");
  const auto client_files = authority.issue("client");
  http_stand_in server([](const got_request&) { return said(200); },
                       {server_files.certificate, server_files.key, authority.certificate()});
  auto settings = local();
  const http_request get{"GET", server.url(), {}, {}};
  EXPECT_EQ(call(settings, get).end, call_end::not_connected) << "an authority that nobody knows";
  settings.ca_file = other.certificate();
  EXPECT_EQ(call(settings, get).end, call_end::not_connected) << "another authority";
  settings.ca_file = authority.certificate();
  EXPECT_NE(call(settings, get).status, 200) << "without a certificate of its own";
  settings.client_certificate = client_files.certificate;
  settings.client_key = client_files.key;
  EXPECT_EQ(call(settings, get).status, 200);
}

TEST(HttpClient, DoesNotRepeatAUrlsSecretsWhenItIsWrong) {
  const auto checked = check_url("ftp://user:hunter2@x.example/a?token=hunter2");
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.err().message, Not(HasSubstr("hunter2")));
}

} // namespace
} // namespace cxstream::connectors
