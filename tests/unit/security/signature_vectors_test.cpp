// Signatures that others made: published vectors of vendors and of Project Wycheproof.
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "signed_payload.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace cxstream::security {
namespace {

const std::string data = CXSTREAM_SOURCE_DIR "/../shared/data/";

std::string text_of(const std::string& file) {
  std::ifstream in(data + file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

nlohmann::json json_of(const std::string& file) {
  const auto text = text_of("conformance/signatures/" + file);
  return text.empty() ? nlohmann::json() : nlohmann::json::parse(text);
}

TEST(SignatureVectors, OfWycheproofAreAcceptedAndRefusedAsItSays) {
  const auto vectors = json_of("wycheproof_hmac_sha256.json");
  if (vectors.is_null())
    GTEST_SKIP() << "the conformance data is not here";
  std::size_t valid = 0, invalid = 0, truncated = 0, through_verifier = 0;
  for (const auto& group : vectors["testGroups"]) {
    const auto tag_bytes = group["tagSize"].get<std::size_t>() / 8;
    for (const auto& test : group["tests"]) {
      const auto key = *decode(text_encoding::hex, test["key"].get<std::string>());
      const auto message = decode(text_encoding::hex, test["msg"].get<std::string>()).value_or("");
      const auto tag = *decode(text_encoding::hex, test["tag"].get<std::string>());
      const auto is_valid = test["result"] == "valid";
      const std::string_view parts[] = {std::string_view(message).substr(0, message.size() / 2),
                                        std::string_view(message).substr(message.size() / 2)};
      const auto code = hmac_key(hash_algorithm::sha256, key).sign(parts);
      EXPECT_EQ(same_bytes(code.substr(0, tag_bytes), tag), is_valid) << "test " << test["tcId"];
      ++(is_valid ? valid : invalid);

      const auto made = payload_verifier::make({"hmac", {key}, {{"header", "x-tag"}}});
      if (!made)
        continue; // a random key that begins or ends with a blank is no secret that a person could have pasted
      ports::payload payload;
      payload.body = message;
      payload.headers = {{"x-tag", encode(text_encoding::hex, tag)}};
      const auto is_whole = tag_bytes == digest_size(hash_algorithm::sha256);
      EXPECT_EQ(static_cast<bool>(made->check(payload, sent_at)), is_valid && is_whole) << "test " << test["tcId"];
      ++through_verifier;
      truncated += is_whole ? 0 : 1;
    }
  }
  EXPECT_EQ(valid + invalid, 174u);
  EXPECT_EQ(valid, 66u);
  EXPECT_GE(through_verifier, 160u);
  EXPECT_GE(truncated, 80u) << "a tag cut to half its bytes is refused even where the half is right";
}

TEST(SignatureVectors, OfStandardWebhooksAreAccepted) {
  const auto json = json_of("standard_webhooks.json");
  if (json.is_null())
    GTEST_SKIP() << "the conformance data is not here";
  const auto& v = json["vector"];
  const auto verifier = verifier_of({"standard_webhooks", {v["secret"]}, {}});
  const std::string time = v["webhook-timestamp"];
  const base::timestamp now{std::chrono::seconds(std::stoll(time))};
  std::string noise;
  for (const auto& other : json["multi_signature_noise"])
    noise += other.get<std::string>() + " ";
  for (const std::string family : {"webhook", "svix"}) {
    ports::payload payload;
    payload.body = v["body"];
    const auto with = [&](const std::string& signature) {
      payload.headers = {
          {family + "-id", v["webhook-id"]}, {family + "-timestamp", time}, {family + "-signature", signature}};
      return refusal_of(verifier.check(payload, now));
    };
    const std::string right = v["webhook-signature"];
    EXPECT_EQ(with(right), "accepted");
    EXPECT_EQ(with(noise + right), "accepted");
    EXPECT_EQ(with(right + " " + noise), "accepted");
    for (const auto& wrong : {noise, std::string("v1,dawfeoifkpqwoekfpqoekf"), std::string("v1,"), right.substr(3),
                              "v2" + right.substr(2), "v1a" + right.substr(2)})
      EXPECT_NE(with(wrong), "accepted") << wrong;
  }
}

TEST(SignatureVectors, OfZendeskAreAccepted) {
  const auto json = json_of("zendesk_signed.json");
  const auto body = text_of("helpdesk_webhooks/zendesk/signed_trigger_ticket_update.body.json");
  if (json.is_null() || body.empty())
    GTEST_SKIP() << "the conformance data is not here";
  const auto& v = json["vectors"][0];
  ASSERT_EQ(encode(text_encoding::hex, sha256(body)), v["body_sha256"]);
  const auto verifier = verifier_of({"zendesk", {v["secret"]}, {}});
  ports::payload payload;
  payload.body = body;
  for (const auto* name : {"X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"}) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    payload.headers.push_back({lower, v[name]});
  }
  const base::timestamp sent{std::chrono::seconds(1'234)};
  EXPECT_EQ(refusal_of(verifier.check(payload, sent)), "accepted");
  EXPECT_NE(refusal_of(verifier.check(payload, sent_at)), "accepted") << "sent half a century ago";
}

TEST(SignatureVectors, OfGithubAreAccepted) {
  const auto v = json_of("x_hub_signature_256.json");
  if (v.is_null())
    GTEST_SKIP() << "the conformance data is not here";
  ports::payload payload;
  payload.body = v["body"];
  payload.headers = {{"x-hub-signature-256", v["X-Hub-Signature-256"]}};
  EXPECT_EQ(refusal_of(verifier_of({"github", {v["secret"]}, {}}).check(payload, sent_at)), "accepted");
  const verify_rule same{"hmac", {v["secret"]}, {{"header", "X-Hub-Signature-256"}, {"prefix", "sha256="}}};
  EXPECT_EQ(refusal_of(verifier_of(same).check(payload, sent_at)), "accepted");
}

} // namespace
} // namespace cxstream::security
