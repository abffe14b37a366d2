#include "support/certificates.hpp"
#include "support/scratch_dir.hpp"
#include "unit/transport/http/http_loopback.hpp"

#include <curl/curl.h>

namespace cxstream::transport::test {
namespace {

using support::pem_files;

class HttpTls : public HttpLoopback {
protected:
  struct seen {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string body;
    std::string head;
    long connects = 0;
  };
  static std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
    static_cast<std::string*>(to)->append(data, size * count);
    return size * count;
  }
  seen post_echo(const std::string& body, const pem_files* shown = nullptr, const std::string& trusted = {}) {
    seen result;
    CURL* curl = curl_easy_init();
    const auto url = "https://127.0.0.1:" + std::to_string(server->port()) + "/things/a";
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    const std::string ca = trusted.empty() ? authority.certificate() : trusted;
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &result.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &append);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &result.head);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    if (shown) {
      curl_easy_setopt(curl, CURLOPT_SSLCERT, shown->certificate.c_str());
      curl_easy_setopt(curl, CURLOPT_SSLKEY, shown->key.c_str());
    }
    for (int i = 0; i < 2 && result.code == CURLE_OK; ++i) { // the second on the same connection
      result.body.clear();
      result.code = curl_easy_perform(curl);
      long connects = 0;
      curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
      result.connects += connects;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &result.status);
    curl_easy_cleanup(curl);
    return result;
  }

  support::scratch_dir dir;
  support::certificate_authority authority{dir.path(), "ca"};
  support::certificate_authority stranger{dir.path(), "foreign_ca"};
  pem_files own = authority.issue("server");
  pem_files client = authority.issue("Zendesk, Inc.");
  pem_files foreign = stranger.issue("foreign");
};

TEST_F(HttpTls, AnswersOverTlsAndKeepsTheConnection) {
  options.tls = tls_files{own.certificate, own.key, "", client_certificates::required};
  start();
  const std::string body(900'000, 'x'); // many records, both ways
  const auto answer = post_echo(body);
  EXPECT_EQ(answer.code, CURLE_OK) << curl_easy_strerror(answer.code);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, body);
  EXPECT_EQ(answer.connects, 1);
}

TEST_F(HttpTls, CutsClientsThatSpeakNoTls) {
  options.tls = tls_files{own.certificate, own.key, "", client_certificates::required};
  start();
  raw_client plain(server->port());
  plain.send(post("/echo", "x"));
  EXPECT_FALSE(plain.receive());
  EXPECT_EQ(post_echo("x").status, 200);
}

TEST_F(HttpTls, LetsOnlyGoodCertificatesInWhereTheyAreRequired) {
  options.tls = tls_files{own.certificate, own.key, authority.certificate(), client_certificates::required};
  start();
  EXPECT_NE(post_echo("x").code, CURLE_OK);
  EXPECT_NE(post_echo("x", &foreign).code, CURLE_OK);
  const auto answer = post_echo("x", &client);
  EXPECT_EQ(answer.code, CURLE_OK) << curl_easy_strerror(answer.code);
  EXPECT_NE(answer.head.find("X-Subject: CN=Zendesk\\, Inc."), std::string::npos) << answer.head;
}

TEST_F(HttpTls, KnowsNobodyWithoutACertificateWhereOneIsWanted) {
  options.tls = tls_files{own.certificate, own.key, authority.certificate(), client_certificates::wanted};
  start();
  const auto anonymous = post_echo("x");
  EXPECT_EQ(anonymous.status, 200);
  EXPECT_EQ(anonymous.head.find("X-Subject: CN"), std::string::npos) << anonymous.head;
  EXPECT_NE(post_echo("x", &foreign).code, CURLE_OK);
  EXPECT_NE(post_echo("x", &client).head.find("X-Subject: CN"), std::string::npos);
}

TEST_F(HttpTls, UsesNewFilesForNewConnectionsAndKeepsTheOldWhenTheNewAreWrong) {
  options.tls = tls_files{own.certificate, own.key, "", client_certificates::required};
  start();
  EXPECT_NE(post_echo("x", nullptr, stranger.certificate()).code, CURLE_OK);
  const auto wrong = server->reload_tls({own.certificate, foreign.key, "", client_certificates::required});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.err().message.find(foreign.key), std::string::npos) << wrong.err().message;
  EXPECT_EQ(post_echo("x").status, 200);
  ASSERT_TRUE(server->reload_tls({foreign.certificate, foreign.key, "", client_certificates::required}));
  EXPECT_EQ(post_echo("x", nullptr, stranger.certificate()).status, 200);
}

TEST_F(HttpTls, SaysWhichFileIsWrong) {
  const std::string missing = dir.path("missing.pem");
  for (const auto& [files, named] : {std::pair(tls_files{missing, own.key, "", {}}, missing),
                                     {tls_files{own.certificate, missing, "", {}}, missing},
                                     {tls_files{own.certificate, own.key, own.key, {}}, own.key}}) {
    options.tls = files;
    const auto started = http_server::start(options, {}, log);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.err().code, base::error_code::invalid_argument);
    EXPECT_NE(started.err().message.find(named), std::string::npos) << started.err().message;
  }
}

TEST_F(HttpTls, CutsAHandshakeThatDribbles) {
  options.tls = tls_files{own.certificate, own.key, "", client_certificates::required};
  options.limits.head_max = std::chrono::milliseconds{100};
  start();
  raw_client slow(server->port());
  slow.send("\x16\x03\x01");
  EXPECT_TRUE(slow.ended());
}

} // namespace
} // namespace cxstream::transport::test
