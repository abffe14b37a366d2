// What Standard Webhooks has beyond other schemes: kinds of keys, several signatures, ids inside the signed text.
#include "security/crypto/digest.hpp"
#include "signed_payload.hpp"

#include <gmock/gmock.h>
#include <memory>

namespace cxstream::security {
namespace {

using testing::HasSubstr;

const std::string raw_secret = "0123456789abcdefghijklmn";

ports::payload with_signature(const std::string& signature, const std::string& id = "msg_1") {
  ports::payload out;
  out.body = "{}";
  out.headers = {{"webhook-signature", signature}, {"webhook-id", id}, {"webhook-timestamp", std::to_string(sent_s)}};
  return out;
}

std::string signed_text_of(const std::string& id = "msg_1") {
  return id + "." + std::to_string(sent_s) + ".{}";
}

std::string v1(std::string_view secret, const std::string& id = "msg_1") {
  return "v1," + base64_of(hmac_of(EVP_sha256(), secret, signed_text_of(id)));
}

// A key pair of a sender; the same seed gives the same.
struct ed25519_pair {
  explicit ed25519_pair(char seed) {
    const std::string bytes(32, seed);
    key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()),
              &EVP_PKEY_free);
  }
  std::string public_text() const {
    unsigned char raw[32];
    std::size_t size = sizeof raw;
    EVP_PKEY_get_raw_public_key(key.get(), raw, &size);
    return "whpk_" + base64_of({reinterpret_cast<const char*>(raw), size});
  }
  std::string sign(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    unsigned char raw[64];
    std::size_t size = sizeof raw;
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get());
    EVP_DigestSign(context.get(), raw, &size, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return "v1a," + base64_of({reinterpret_cast<const char*>(raw), size});
  }
  std::shared_ptr<EVP_PKEY> key;
};

std::string checked(const std::vector<std::string>& secrets, const ports::payload& payload) {
  return refusal_of(verifier_of({"standard_webhooks", secrets, {}}).check(payload, sent_at));
}

TEST(StandardWebhooks, TakesSecretsAsBase64WithOrWithoutPaddingAndAsTheyAre) {
  const std::string odd = raw_secret + "opq!"; // 28 bytes: padded in base64
  for (const auto& secret : {"whsec_" + base64_of(odd), "whsec_" + base64_of(odd).substr(0, 38), odd})
    EXPECT_EQ(checked({secret}, with_signature(v1(odd))), "accepted") << secret;
}

TEST(StandardWebhooks, AcceptsEd25519SignaturesBesideOthers) {
  const ed25519_pair sender('a'), stranger('b');
  const auto right = sender.sign(signed_text_of());
  EXPECT_EQ(checked({sender.public_text()}, with_signature(right)), "accepted");
  EXPECT_EQ(checked({raw_secret, stranger.public_text(), sender.public_text()}, with_signature(right)), "accepted");
  EXPECT_EQ(checked({raw_secret, stranger.public_text()}, with_signature(right + " " + v1(raw_secret))), "accepted");
  EXPECT_NE(checked({stranger.public_text()}, with_signature(right)), "accepted");
  EXPECT_NE(checked({raw_secret}, with_signature(right)), "accepted");
  EXPECT_NE(checked({sender.public_text()}, with_signature(v1(raw_secret))), "accepted");
}

TEST(StandardWebhooks, RefusesEd25519SignaturesWithOneBitChanged) {
  const ed25519_pair sender('a');
  const auto verifier = verifier_of({"standard_webhooks", {sender.public_text()}, {}});
  const auto right = sender.sign(signed_text_of());
  ASSERT_TRUE(verifier.check(with_signature(right), sent_at));
  for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
    auto wrong = right;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verifier.check(with_signature(wrong), sent_at)) << "bit " << bit;
  }
  auto changed = with_signature(right);
  changed.body = "{ }";
  EXPECT_FALSE(verifier.check(changed, sent_at));
}

TEST(StandardWebhooks, RefusesAnIdThatCouldBeMistakenForAnother) {
  EXPECT_EQ(checked({raw_secret}, with_signature(v1(raw_secret, "msg-2"), "msg-2")), "accepted");
  EXPECT_THAT(checked({raw_secret}, with_signature(v1(raw_secret, "msg.2"), "msg.2")), HasSubstr("webhook-id"));
}

TEST(StandardWebhooks, RefusesTimesThatAreNoNumberOfSeconds) {
  for (const std::string time : {"hello", "2023-11-14T22:13:20Z", "-1700000000", "+1700000000", " 1700000000",
                                 "1700000000.0", "1700000000000", "99999999999999999999"}) {
    auto payload = with_signature(v1(raw_secret));
    payload.headers[2].value = time;
    EXPECT_THAT(checked({raw_secret}, payload), HasSubstr("webhook-timestamp")) << time;
  }
}

TEST(StandardWebhooks, RefusesMoreSignaturesThanARotationHas) {
  std::string many;
  for (int i = 0; i < 15; ++i)
    many += "v1a,AAAA ";
  EXPECT_EQ(checked({raw_secret}, with_signature(many + v1(raw_secret))), "accepted");
  EXPECT_THAT(checked({raw_secret}, with_signature(many + many + v1(raw_secret))), HasSubstr("more than 16"));
}

TEST(StandardWebhooks, NamesWhatIsWrongWithAKey) {
  const auto mistake = [](const std::string& secret) {
    return mistake_in({"standard_webhooks", {raw_secret, secret}, {}});
  };
  EXPECT_THAT(mistake("whsec_"), HasSubstr("secret 2"));
  EXPECT_THAT(mistake("whsec_not base64 at all"), HasSubstr("no base64"));
  EXPECT_THAT(mistake("whsec_" + base64_of("fifteen bytes..")), HasSubstr("15 bytes"));
  EXPECT_THAT(mistake("whpk_" + base64_of(raw_secret)), HasSubstr("24 bytes, not 32"));
  EXPECT_THAT(mistake("whsk_" + base64_of(raw_secret)), HasSubstr("private key"));
}

} // namespace
} // namespace cxstream::security
