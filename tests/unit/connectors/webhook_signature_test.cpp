#include "connectors/webhook/signature.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

namespace cxstream::connectors {
namespace {

constexpr auto data = CXSTREAM_SOURCE_DIR "/../shared/data/conformance/signatures/";
constexpr std::int64_t sent_s = 1'700'000'000;

signer of(std::string_view secrets) {
  auto made = signer::of(secrets);
  EXPECT_TRUE(made) << made.err().message;
  return *made;
}

TEST(WebhookSignature, IsTheOneOfThePublishedVector) {
  std::ifstream file(std::string(data) + "standard_webhooks.json");
  if (!file)
    GTEST_SKIP() << "the conformance data is not here";
  rapidjson::IStreamWrapper in(file);
  rapidjson::Document json;
  json.ParseStream(in);
  const auto& v = json["vector"];
  const std::string timestamp = v["webhook-timestamp"].GetString();
  const auto s = of(v["secret"].GetString());
  EXPECT_EQ(s.sign(v["webhook-id"].GetString(), std::stoll(timestamp), v["body"].GetString()),
            v["webhook-signature"].GetString());
  std::string noise;
  for (const auto& other : json["multi_signature_noise"].GetArray())
    noise.append(other.GetString()).append(" ");
  const signed_headers headers{v["webhook-id"].GetString(), timestamp, noise + v["webhook-signature"].GetString()};
  EXPECT_TRUE(s.verify(headers, v["body"].GetString(), std::stoll(timestamp)));
}

TEST(WebhookSignature, CannotBeMadeOfASecretThatIsNone) {
  for (const auto* bad : {"", "  ", "whsec_", "hunter2", "whsec_a", "whsec_????", "whsec_c2VjcmV0 other"})
    EXPECT_FALSE(signer::of(bad)) << bad;
}

TEST(WebhookSignature, HasOnePartForEachSecretWhileASecretIsChanged) {
  const auto both = of("whsec_b2xk whsec_bmV3").sign("m", sent_s, "body");
  EXPECT_EQ(both, of("whsec_b2xk").sign("m", sent_s, "body") + " " + of("whsec_bmV3").sign("m", sent_s, "body"));
  EXPECT_TRUE(of("whsec_bmV3").verify({"m", std::to_string(sent_s), both}, "body", sent_s));
  EXPECT_TRUE(of("whsec_b2xk").verify({"m", std::to_string(sent_s), both}, "body", sent_s));
}

TEST(WebhookSignature, IsRefusedWhenAnythingItCoversIsAnother) {
  const auto s = of("whsec_c2VjcmV0");
  const auto good = s.sign("m", sent_s, "body");
  const auto at = std::to_string(sent_s);
  EXPECT_TRUE(s.verify({"m", at, good}, "body", sent_s));
  EXPECT_FALSE(s.verify({"n", at, good}, "body", sent_s));
  EXPECT_FALSE(s.verify({"m", std::to_string(sent_s + 1), good}, "body", sent_s));
  EXPECT_FALSE(s.verify({"m", at, good}, "bodz", sent_s));
  EXPECT_FALSE(of("whsec_b3RoZXI=").verify({"m", at, good}, "body", sent_s));
}

TEST(WebhookSignature, IsRefusedWithoutHeadersWithBadOnesAndOutsideTheTolerance) {
  const auto s = of("whsec_c2VjcmV0");
  const auto good = s.sign("m", sent_s, "body");
  const auto at = std::to_string(sent_s);
  EXPECT_FALSE(s.verify({"", at, good}, "body", sent_s));
  EXPECT_FALSE(s.verify({"m", "", good}, "body", sent_s));
  EXPECT_FALSE(s.verify({"m", at, ""}, "body", sent_s));
  EXPECT_FALSE(s.verify({"m", "hello", good}, "body", sent_s));
  for (const auto* bad : {"v1,dawfeoifkpqwoekfpqoekf", "v1,", "v1", ",", " "})
    EXPECT_FALSE(s.verify({"m", at, bad}, "body", sent_s)) << bad;
  EXPECT_FALSE(s.verify({"m", at, "v2" + good.substr(2)}, "body", sent_s));
  EXPECT_TRUE(s.verify({"m", at, good}, "body", sent_s + 300));
  EXPECT_FALSE(s.verify({"m", at, good}, "body", sent_s + 301));
  EXPECT_FALSE(s.verify({"m", at, good}, "body", sent_s - 301));
  EXPECT_FALSE(s.verify({"m", "-9223372036854775808", good}, "body", sent_s));
}

} // namespace
} // namespace cxstream::connectors
