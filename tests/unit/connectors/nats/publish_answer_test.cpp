#include "connectors/nats/publish_answer.hpp"

#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using ports::delivery_result;

std::string error(int code, int err_code, const std::string& text = "no") {
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"err_code":)" + std::to_string(err_code) +
         R"(,"description":")" + text + R"("}})";
}

TEST(NatsAnswer, IsDeliveredWhenTheStreamHasItNowOrHadItBefore) {
  EXPECT_EQ(outcome_of_publish(R"({"stream":"CX","seq":7})").result, delivery_result::delivered);
  EXPECT_EQ(outcome_of_publish(R"({"stream":"CX","seq":7,"duplicate":true})").result, delivery_result::delivered);
}

TEST(NatsAnswer, TellsWhatIsAboutTheStreamFromWhatIsAboutTheEvent) {
  EXPECT_EQ(outcome_of_publish(error(503, 10077, "maximum bytes exceeded")).result, delivery_result::throttled);
  EXPECT_EQ(outcome_of_publish(error(503, 10023)).result, delivery_result::throttled);
  EXPECT_EQ(outcome_of_publish(error(400, 10060)).result, delivery_result::unreachable);
  EXPECT_EQ(outcome_of_publish(error(404, 10059)).result, delivery_result::unreachable);
  EXPECT_EQ(outcome_of_publish(error(503, 10039)).result, delivery_result::unreachable);
  EXPECT_EQ(outcome_of_publish(error(400, 10054, "message size exceeds maximum allowed")).result,
            delivery_result::permanent);
}

TEST(NatsAnswer, CondemnsNothingThatItDoesNotKnow) {
  EXPECT_EQ(outcome_of_publish(error(503, 19999)).result, delivery_result::unreachable);
  EXPECT_EQ(outcome_of_publish(error(400, 19999)).result, delivery_result::transient);
  for (const auto* body : {"", "{", "[]", "{}", R"({"error":"x"})", R"({"stream":3})", R"({"error":{}})"})
    EXPECT_EQ(outcome_of_publish(body).result, delivery_result::transient) << body;
}

TEST(NatsAnswer, GivesTheServersWordsAsReason) {
  EXPECT_EQ(outcome_of_publish(error(503, 10077, "maximum bytes exceeded")).reason,
            "JetStream: maximum bytes exceeded (10077)");
}

} // namespace
} // namespace cxstream::connectors
