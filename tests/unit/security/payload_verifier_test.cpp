#include "security/verify/payload_verifier.hpp"

#include "signed_payload.hpp"

#include <gmock/gmock.h>

namespace cxstream::security {
namespace {

using testing::HasSubstr;
using testing::Not;

ports::payload with_header(const std::string& name, const std::string& value) {
  ports::payload out;
  out.body = "{}";
  out.headers = {{"content-type", "application/json"}, {name, value}};
  return out;
}

std::string checked(const verify_rule& rule, const ports::payload& payload) {
  return refusal_of(verifier_of(rule).check(payload, sent_at));
}

TEST(PayloadVerifier, ListsTheSchemesThatThereAre) {
  EXPECT_THAT(mistake_in({"zendisk", {first_secret}, {}}),
              HasSubstr("none, zendesk, intercom, standard_webhooks, github, slack, pagerduty, segment, hmac, header, "
                        "basic, bearer, mtls"));
}

TEST(PayloadVerifier, ListsTheOptionsThatThereAre) {
  EXPECT_THAT(mistake_in({"github", {first_secret}, {{"header", "x"}}}), HasSubstr("it has none"));
  EXPECT_THAT(mistake_in({"header", {first_secret}, {{"nam", "x"}}}), HasSubstr("it has: name"));
  EXPECT_THAT(mistake_in({"hmac", {first_secret}, {{"header", "x"}, {"algorithm", "md5"}}}),
              HasSubstr("sha1, sha256, sha512"));
  EXPECT_THAT(mistake_in({"hmac", {first_secret}, {{"header", "x"}, {"encoding", "HEX"}}}),
              HasSubstr("hex, hex_upper, base64, base64url"));
}

TEST(PayloadVerifier, AcceptsAnythingWhereNothingIsToBeVerified) {
  EXPECT_EQ(checked({"none", {}, {}}, ports::payload{}), "accepted");
  EXPECT_THAT(mistake_in({"none", {first_secret}, {}}), HasSubstr("there are secrets"));
}

TEST(PayloadVerifier, AcceptsAHeaderWithOneOfTheSecrets) {
  const verify_rule rule{"header", {first_secret, second_secret}, {{"name", "X-Source-Secret"}}};
  EXPECT_EQ(checked(rule, with_header("x-source-secret", first_secret)), "accepted");
  EXPECT_EQ(checked(rule, with_header("x-source-secret", second_secret)), "accepted");
  const auto refusal = checked(rule, with_header("x-source-secret", "some other secret"));
  EXPECT_THAT(refusal, HasSubstr("x-source-secret holds none of the 2 secrets"));
  EXPECT_THAT(refusal, Not(HasSubstr(first_secret)));
  EXPECT_THAT(refusal, Not(HasSubstr("some other secret")));
  EXPECT_THAT(checked(rule, with_header("x-other", first_secret)), HasSubstr("x-source-secret is missing"));
  auto twice = with_header("x-source-secret", first_secret);
  twice.headers.push_back(twice.headers.back());
  EXPECT_THAT(checked(rule, twice), HasSubstr("more than once"));
  EXPECT_TRUE(verifier_of(rule).hides("X-SOURCE-SECRET"));
  EXPECT_THAT(mistake_in({"header", {first_secret}, {}}), HasSubstr("needs the option name"));
  EXPECT_THAT(mistake_in({"header", {first_secret}, {{"name", "X Secret:"}}}), HasSubstr("no name of a header"));
}

TEST(PayloadVerifier, RefusesEveryOtherSecretThatDiffersByOneBit) {
  const verify_rule by_header{"header", {first_secret}, {{"name", "x-secret"}}};
  const verify_rule by_token{"bearer", {first_secret}, {}};
  for (std::size_t bit = 0; bit < first_secret.size() * 8; ++bit) {
    auto wrong = first_secret;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(checked(by_header, with_header("x-secret", wrong)), "accepted") << "bit " << bit;
    EXPECT_NE(checked(by_token, with_header("authorization", "Bearer " + wrong)), "accepted") << "bit " << bit;
  }
}

TEST(PayloadVerifier, AcceptsPairsOfUserAndPassword) {
  const verify_rule rule{"basic", {"desk:old password", "desk:new:password"}, {}};
  EXPECT_EQ(checked(rule, with_header("authorization", "Basic " + base64_of("desk:old password"))), "accepted");
  EXPECT_EQ(checked(rule, with_header("authorization", "basic  " + base64_of("desk:new:password"))), "accepted");
  for (const auto& wrong : {"Basic " + base64_of("desk:old passwore"), "Basic " + base64_of("other:old password"),
                            base64_of("desk:old password"), "Bearer " + base64_of("desk:old password"),
                            std::string("Basic desk:old password"), std::string("Basic "),
                            "Basic " + base64_of("desk:old password") + "=", std::string("Basic")})
    EXPECT_NE(checked(rule, with_header("authorization", wrong)), "accepted") << wrong;
  EXPECT_THAT(mistake_in({"basic", {"no colon in here"}, {}}), HasSubstr("no pair"));
  EXPECT_THAT(mistake_in({"basic", {"desk:short"}, {}}), HasSubstr("password"));
}

TEST(PayloadVerifier, AcceptsBearerTokens) {
  const verify_rule rule{"bearer", {first_secret, second_secret}, {}};
  EXPECT_EQ(checked(rule, with_header("authorization", "Bearer " + second_secret)), "accepted");
  EXPECT_EQ(checked(rule, with_header("authorization", "bearer " + first_secret)), "accepted");
  for (const auto& wrong : {first_secret, "Basic " + first_secret, "Bearer" + first_secret,
                            "Bearer " + first_secret + " ", std::string("Bearer ")})
    EXPECT_NE(checked(rule, with_header("authorization", wrong)), "accepted") << wrong;
}

TEST(PayloadVerifier, AcceptsTheSubjectsOfClientCertificates) {
  const verify_rule rule{"mtls", {"CN=desk,O=Acme", "CN=relay-*", "*,O=Trusted"}, {}};
  const auto of = [&](const std::string& subject) {
    ports::payload payload;
    payload.client_subject = subject;
    return checked(rule, payload);
  };
  for (const auto* right : {"CN=desk,O=Acme", "CN=relay-7,O=Acme", "CN=anything,O=Trusted"})
    EXPECT_EQ(of(right), "accepted") << right;
  for (const auto* wrong : {"CN=desk,O=Acm", "CN=desk,O=Acme2", "xCN=relay-7", "CN=a,O=Trusted2", "*"})
    EXPECT_THAT(of(wrong), HasSubstr("is none of those")) << wrong;
  EXPECT_THAT(of(""), HasSubstr("no verified client certificate"));
  EXPECT_THAT(mistake_in({"mtls", {"CN=a*b"}, {}}), HasSubstr("one *"));
  EXPECT_THAT(mistake_in({"mtls", {"*a*"}, {}}), HasSubstr("one *"));
}

TEST(PayloadVerifier, NeverStoresAWellKnownSecretHeaderWhateverTheScheme) {
  const auto verifier = verifier_of({"none", {}, {}});
  for (const auto* name : {"Authorization", "Cookie", "X-Api-Key", "X-Hub-Signature", "webhook-signature"})
    EXPECT_TRUE(verifier.hides(name)) << name;
  for (const auto* name : {"webhook-id", "X-Zendesk-Webhook-Invocation-Id", "Content-Type"})
    EXPECT_FALSE(verifier.hides(name)) << name;
}

TEST(GenericHmac, TakesSeveralSignaturesAndTheLettersThatItsSenderUses) {
  const verify_rule rule{
      "hmac", {first_secret}, {{"header", "x-sig"}, {"encoding", "hex_upper"}, {"prefix", "s="}, {"separator", ";"}}};
  const auto lower = hex_of(hmac_of(EVP_sha256(), first_secret, "{}"));
  auto upper = lower;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_EQ(checked(rule, with_header("x-sig", "s=" + upper)), "accepted");
  EXPECT_EQ(checked(rule, with_header("x-sig", "s=00; s=" + std::string(64, 'A') + "; s=" + upper + ";")), "accepted");
  EXPECT_THAT(checked(rule, with_header("x-sig", "s=" + lower)), HasSubstr("does not fit"));
  EXPECT_THAT(checked(rule, with_header("x-sig", upper)), HasSubstr("\"s=\" and 64 characters of upper-case hex"));
}

TEST(GenericHmac, RefusesLayoutsThatProtectNothing) {
  const auto mistake = [](std::map<std::string, std::string> options) {
    options["header"] = "x-sig";
    return mistake_in({"hmac", {first_secret}, std::move(options)});
  };
  EXPECT_THAT(mistake({{"signed", "{timestamp}"}, {"timestamp_header", "x-t"}}), HasSubstr("must hold {body}"));
  EXPECT_THAT(mistake({{"timestamp_header", "x-t"}}), HasSubstr("does not hold {timestamp}"));
  EXPECT_THAT(mistake({{"signed", "{timestamp}{body}"}}), HasSubstr("timestamp_header"));
  EXPECT_THAT(mistake({{"signed", "{id}.{body}"}}), HasSubstr("id_header"));
  EXPECT_THAT(mistake({{"id_header", "x-id"}}), HasSubstr("belong together"));
  EXPECT_THAT(mistake({{"signed", "{id}{body}"}, {"id_header", "x-id"}}), HasSubstr("separator"));
  EXPECT_THAT(mistake({{"signed", "{body}{body}"}}), HasSubstr("twice"));
  EXPECT_THAT(mistake({{"signed", "{method}{body}"}}), HasSubstr("{method}"));
  EXPECT_THAT(mistake({{"signed", "{body"}}), HasSubstr("{body"));
  EXPECT_THAT(mistake({{"tolerance", "5m"}}), HasSubstr("needs timestamp_header"));
  EXPECT_THAT(mistake_in({"hmac", {first_secret}, {}}), HasSubstr("needs the option header"));
}

} // namespace
} // namespace cxstream::security
