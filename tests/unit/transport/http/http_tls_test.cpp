#include "support/scratch_dir.hpp"
#include "unit/transport/http/http_loopback.hpp"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace cxstream::transport::test {
namespace {

using key_handle = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using certificate_handle = std::unique_ptr<X509, void (*)(X509*)>;

struct identity {
  key_handle key{nullptr, &EVP_PKEY_free};
  certificate_handle certificate{nullptr, &X509_free};
};

void extend(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself as an authority when there is none.
identity make_identity(const char* name, const identity* issuer) {
  static long serial = 0;
  identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer->certificate.get() : certificate));
  extend(certificate, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
  if (issuer)
    extend(certificate, NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

struct pem_files {
  std::string certificate;
  std::string key;
};

class HttpTls : public HttpLoopback {
protected:
  pem_files write(const std::string& name, const identity& of) {
    const pem_files files{dir.path(name + ".crt"), dir.path(name + ".key")};
    std::FILE* file = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(file, of.certificate.get());
    std::fclose(file);
    file = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(file, of.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    return files;
  }

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
    const std::string ca = trusted.empty() ? server_ca.certificate : trusted;
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
  identity authority = make_identity("authority", nullptr);
  identity stranger = make_identity("stranger", nullptr);
  pem_files server_ca = write("ca", authority);
  pem_files own = write("server", make_identity("server", &authority));
  pem_files client = write("client", make_identity("Zendesk, Inc.", &authority));
  pem_files foreign_ca = write("foreign_ca", stranger);
  pem_files foreign = write("foreign", make_identity("foreign", &stranger));
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
  options.tls = tls_files{own.certificate, own.key, server_ca.certificate, client_certificates::required};
  start();
  EXPECT_NE(post_echo("x").code, CURLE_OK);
  EXPECT_NE(post_echo("x", &foreign).code, CURLE_OK);
  const auto answer = post_echo("x", &client);
  EXPECT_EQ(answer.code, CURLE_OK) << curl_easy_strerror(answer.code);
  EXPECT_NE(answer.head.find("X-Subject: CN=Zendesk\\, Inc."), std::string::npos) << answer.head;
}

TEST_F(HttpTls, KnowsNobodyWithoutACertificateWhereOneIsWanted) {
  options.tls = tls_files{own.certificate, own.key, server_ca.certificate, client_certificates::wanted};
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
  EXPECT_NE(post_echo("x", nullptr, foreign_ca.certificate).code, CURLE_OK);
  const auto wrong = server->reload_tls({own.certificate, foreign.key, "", client_certificates::required});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.err().message.find(foreign.key), std::string::npos) << wrong.err().message;
  EXPECT_EQ(post_echo("x").status, 200);
  ASSERT_TRUE(server->reload_tls({foreign.certificate, foreign.key, "", client_certificates::required}));
  EXPECT_EQ(post_echo("x", nullptr, foreign_ca.certificate).status, 200);
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
