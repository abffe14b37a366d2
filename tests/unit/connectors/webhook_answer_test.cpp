#include "connectors/webhook/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using ports::delivery_result;
using testing::HasSubstr;

http_answer status(int code, std::optional<std::chrono::seconds> retry_after = std::nullopt, std::string body = {}) {
  return {call_end::answered, code, retry_after, std::move(body), {}};
}

TEST(WebhookAnswer, MeansWhatTheTableSays) {
  const std::vector<std::tuple<http_answer, delivery_result>> table{
      {status(200), delivery_result::delivered},
      {status(202), delivery_result::delivered},
      {status(204), delivery_result::delivered},
      {status(301), delivery_result::permanent},
      {status(302), delivery_result::permanent},
      {status(400), delivery_result::permanent},
      {status(401), delivery_result::permanent},
      {status(404), delivery_result::permanent},
      {status(408), delivery_result::transient},
      {status(410), delivery_result::permanent},
      {status(425), delivery_result::throttled},
      {status(429), delivery_result::throttled},
      {status(429, 5s), delivery_result::throttled},
      {status(500), delivery_result::transient},
      {status(500, 5s), delivery_result::transient},
      {status(503), delivery_result::transient},
      {status(503, 5s), delivery_result::throttled},
      {status(503, 0s), delivery_result::throttled},
      {status(504), delivery_result::transient},
      {{call_end::not_connected, 0, {}, {}, "refused"}, delivery_result::unreachable},
      {{call_end::timed_out, 0, {}, {}, "too slow"}, delivery_result::transient},
      {{call_end::broken, 0, {}, {}, "reset"}, delivery_result::transient},
  };
  for (const auto& [answer, expected] : table)
    EXPECT_EQ(outcome_of(answer).result, expected) << "status " << answer.status << " " << answer.error;
}

TEST(WebhookAnswer, HandsOnTheTargetsWishForAPauseUpToADay) {
  EXPECT_EQ(outcome_of(status(429, 7s)).retry_after, 7'000ms);
  EXPECT_EQ(outcome_of(status(429)).retry_after, std::nullopt);
  EXPECT_EQ(outcome_of(status(429, 1'000'000'000s)).retry_after, 24h);
}

TEST(WebhookAnswer, QuotesTheBodyOnOneLineInValidUtf8AndNotMuchOfIt) {
  EXPECT_EQ(outcome_of(status(400, {}, "no\nsuch\tfield: größe")).reason, "HTTP 400: no such field: größe");
  EXPECT_EQ(outcome_of(status(400, {},
                              "a\xff"
                              "b\xc3"))
                .reason,
            "HTTP 400: a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_LT(outcome_of(status(400, {}, std::string(60'000, 'x'))).reason.size(), 300u);
  EXPECT_TRUE(outcome_of(status(200, {}, "fine")).reason.empty());
}

} // namespace
} // namespace cxstream::connectors
