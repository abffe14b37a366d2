#include "connectors/http/answer_outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using ports::delivery_result;
using testing::HasSubstr;

http_answer status(int code, std::optional<std::chrono::seconds> retry_after = std::nullopt, std::string body = {}) {
  http_answer out;
  out.status = code;
  out.retry_after = retry_after;
  out.body = std::move(body);
  return out;
}

http_answer ended(call_end end) {
  http_answer out;
  out.end = end;
  out.error = "refused";
  return out;
}

ports::delivery_outcome outcome_of(const http_answer& answer) {
  return connectors::outcome_of({"POST", "https://x.example/", {}, "{}"}, answer, {});
}

TEST(AnswerOutcome, MeansWhatTheTableSays) {
  const std::vector<std::tuple<http_answer, delivery_result>> table{
      {status(200), delivery_result::delivered},
      {status(202), delivery_result::delivered},
      {status(204), delivery_result::delivered},
      {status(301), delivery_result::permanent},
      {status(302), delivery_result::permanent},
      {status(400), delivery_result::permanent},
      {status(401), delivery_result::unreachable},
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
      {ended(call_end::not_connected), delivery_result::unreachable},
      {ended(call_end::forbidden), delivery_result::unreachable},
      {ended(call_end::not_sent), delivery_result::unfit},
      {ended(call_end::timed_out), delivery_result::transient},
      {ended(call_end::broken), delivery_result::transient},
  };
  for (const auto& [answer, expected] : table)
    EXPECT_EQ(result_of(answer), expected) << "status " << answer.status << " " << answer.error;
}

TEST(AnswerOutcome, HandsOnTheTargetsWishForAPauseUpToADay) {
  EXPECT_EQ(outcome_of(status(429, 7s)).retry_after, 7'000ms);
  EXPECT_EQ(outcome_of(status(429)).retry_after, std::nullopt);
  EXPECT_EQ(outcome_of(status(429, 1'000'000'000s)).retry_after, 24h);
}

TEST(AnswerOutcome, QuotesTheBodyOnOneLineInValidUtf8AndNotMuchOfIt) {
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
