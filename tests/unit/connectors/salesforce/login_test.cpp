#include "connectors/salesforce/login.hpp"

#include "connectors/salesforce/jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace cxstream::connectors::salesforce {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr base::timestamp now = base::from_us(1'767'323'045'000'000);

struct key_free {
  void operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
  }
};
using owned_key = std::unique_ptr<EVP_PKEY, key_free>;

std::string pem_of(EVP_PKEY* key) {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return pem;
}

std::string from_base64url(std::string text) {
  for (auto& c : text)
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  const auto padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string out(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  out.resize(out.size() - padding);
  return out;
}

bool is_signed_by(EVP_PKEY* key, const std::string& token) {
  const auto dot = token.rfind('.');
  const auto signature = from_base64url(token.substr(dot + 1));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key);
  const auto good = EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                                     signature.size(), reinterpret_cast<const unsigned char*>(token.data()), dot) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

http_answer said(int status, std::string body) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

TEST(SalesforceLogin, AsksByClientCredentialsInAForm) {
  const login_settings settings{login_flow::client_credentials, "https://acme.my.salesforce.com", "", "3MVG9+x", ""};
  const auto request = login_request(settings, "se/cret", now);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url, "https://acme.my.salesforce.com/services/oauth2/token");
  EXPECT_EQ(request->body, "grant_type=client_credentials&client_id=3MVG9%2Bx&client_secret=se%2Fcret");
}

TEST(SalesforceLogin, AsksByAnAssertionThatTheKeyHasSignedAndThatSoonExpires) {
  const owned_key key(EVP_RSA_gen(2'048));
  const login_settings settings{login_flow::jwt_bearer, "https://login.salesforce.com", "https://login.salesforce.com",
                                "3MVG9", "cx@acme.example"};
  const auto request = login_request(settings, pem_of(key.get()), now);
  ASSERT_TRUE(request);
  const auto assertion = request->body.substr(request->body.find("assertion=") + 10);
  EXPECT_TRUE(is_signed_by(key.get(), assertion));
  const auto first = assertion.find('.');
  EXPECT_EQ(from_base64url(assertion.substr(0, first)), R"({"alg":"RS256"})");
  const auto claims =
      nlohmann::json::parse(from_base64url(assertion.substr(first + 1, assertion.rfind('.') - first - 1)));
  EXPECT_EQ(claims, nlohmann::json::parse(R"({"iss": "3MVG9", "sub": "cx@acme.example",
      "aud": "https://login.salesforce.com", "exp": 1767323225})"));
}

TEST(SalesforceLogin, AKeyThatCannotSignIsSaidWithoutAWordOfIt) {
  for (const std::string key : {"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "secret", ""}) {
    const auto token = sign_jwt({"a", "b", "c", 1}, key);
    ASSERT_FALSE(token);
    EXPECT_THAT(token.err().message, Not(HasSubstr("c2VjcmV0")));
    EXPECT_EQ(token.err().code, base::error_code::invalid_argument);
  }
}

TEST(SalesforceLogin, ReadsSessionInstanceAndUser) {
  const auto got = read_login(said(200, R"({"access_token":"00D!x","instance_url":"https://acme.my.salesforce.com/",
      "id":"https://login.salesforce.com/id/00Dxx/005xx","token_type":"Bearer"})"),
                              {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->at.access_token, "00D!x");
  EXPECT_EQ(got->at.instance_url, "https://acme.my.salesforce.com");
  EXPECT_EQ(got->user_id, "005xx");
}

TEST(SalesforceLogin, TellsARefusalFromAnOutage) {
  const auto refused =
      read_login(said(400, R"({"error":"invalid_grant","error_description":"user hasn't approved"})"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.err().code, base::error_code::unauthenticated);
  EXPECT_THAT(refused.err().message, HasSubstr("invalid_grant: user hasn't approved"));
  EXPECT_EQ(read_login(said(503, ""), {}).err().code, base::error_code::unavailable);
  EXPECT_EQ(read_login(said(200, "{}"), {}).err().code, base::error_code::unavailable);
  http_answer away;
  away.end = call_end::not_connected;
  EXPECT_EQ(read_login(away, {}).err().code, base::error_code::unavailable);
}

} // namespace
} // namespace cxstream::connectors::salesforce
