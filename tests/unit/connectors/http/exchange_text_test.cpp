#include "connectors/http/exchange_text.hpp"

#include "ports/target.hpp"
#include "security/crypto/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string token = "s3cr3t/+\"value";

secret_mask knowing(std::string_view value) {
  secret_mask out;
  out.add(value);
  return out;
}

http_answer answered(int status, std::string body) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

TEST(ExchangeText, SaysWhatWasSentAndWhatCameBack) {
  auto answer = answered(400, R"({"error":"no such field"})");
  answer.headers = {{"content-type", "application/json"}};
  EXPECT_EQ(exchange_text({"PATCH", "https://x.example/a?b=1", {{"Content-Type", "application/json"}}, R"({"a":1})"},
                          answer, {}),
            "PATCH https://x.example/a?b=1\nContent-Type: application/json\n\n{\"a\":1}\n\n"
            "HTTP 400\ncontent-type: application/json\n\n{\"error\":\"no such field\"}");
}

TEST(ExchangeText, HidesAKnownSecretInEveryForm) {
  const auto base64 = security::encode(security::text_encoding::base64, token);
  const http_request request{"POST",
                             "https://user:pass@x.example/" + token + "?x=s3cr3t%2F%2B%22value&sig_token=abc&b=2",
                             {{"X-Other", token}, {"X-Basic", base64}},
                             R"({"in":"s3cr3t/+\"value"})"};
  const auto text = exchange_text(request, answered(403, "you sent " + token), knowing(token));
  EXPECT_THAT(text, Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(text, Not(HasSubstr(base64)));
  EXPECT_THAT(text, Not(HasSubstr("pass@")));
  EXPECT_THAT(text, Not(HasSubstr("abc")));
  EXPECT_THAT(text, HasSubstr("b=2"));
  EXPECT_THAT(text, HasSubstr("you sent ***"));
}

TEST(ExchangeText, HidesWhatIsSecretByItsName) {
  const http_request request{"POST",
                             "https://x.example/token",
                             {{"Authorization", "Bearer abcdef"}, {"X-Api-Key", "abcdef"}, {"Idempotency-Key", "k-1"}},
                             "grant_type=client_credentials&client_secret=abcdef&scope=all"};
  auto answer = answered(200, R"({"access_token" : "abc\"def", "scope": "all", "token_type":"abcdef"})");
  answer.headers = {{"set-cookie", "abcdef"}};
  const auto text = exchange_text(request, answer, {});
  EXPECT_EQ(text, "POST https://x.example/token\nAuthorization: ***\nX-Api-Key: ***\nIdempotency-Key: k-1\n\n"
                  "grant_type=client_credentials&client_secret=***&scope=all\n\n"
                  "HTTP 200\nset-cookie: ***\n\n"
                  R"({"access_token" : "***", "scope": "all", "token_type":"abcdef"})");
}

TEST(ExchangeText, IsBoundedAndValidWhateverIsInIt) {
  http_request request{"POST", "https://x.example/" + std::string(5'000, 'u'), {}, std::string(100'000, '\xff')};
  for (int i = 0; i < 100; ++i)
    request.headers.emplace_back("X-" + std::to_string(i), std::string(1'000, 'h'));
  auto answer = answered(500, std::string(70'000, '\xc3'));
  answer.headers = request.headers;
  const auto text = exchange_text(request, answer, {});
  EXPECT_LE(text.size(), ports::exchange_bytes_max);
  EXPECT_EQ(text.find('\xff'), text.npos);
  EXPECT_THAT(text, HasSubstr("HTTP 500"));
}

TEST(ExchangeText, HidesASecretThatTheBoundWouldCutInTwo) {
  const std::string body = std::string(4'096 - 300, ' ') + "abcdefghijklmnopqrstuvwxyz" + std::string(5'000, ' ');
  for (std::size_t shift = 0; shift < 200; ++shift)
    EXPECT_THAT(exchange_text({"POST", "https://x.example/", {}, body.substr(shift)}, answered(400, ""),
                              knowing("abcdefghijklmnopqrstuvwxyz")),
                Not(HasSubstr("abcd")));
}

TEST(SecretMask, LeavesShortValuesAndEmptyOnesAlone) {
  EXPECT_EQ(knowing("").applied("text"), "text");
  EXPECT_EQ(knowing("ex").applied("text"), "text");
}

} // namespace
} // namespace cxstream::connectors
