#include "connectors/http/authorized_call.hpp"

#include "support/http/http_stand_in.hpp"
#include "support/scratch_dir.hpp"

#include <array>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using support::got_request;
using support::http_stand_in;
using support::said;
using testing::HasSubstr;
using testing::Not;

class AuthorizedCall : public testing::Test {
protected:
  void write_token(const std::string& token) const {
    std::ofstream(dir.path("token")) << token << "\n";
  }
  ports::delivery_outcome call(security::secret& secret) {
    const std::array secrets{&secret};
    return send_authorized(client, secrets,
                           [&](std::span<const std::string> values) -> base::result<http_request> {
                             return http_request{"POST", server.url(), {{"X-Auth", "Bearer " + values[0]}}, "{}"};
                           })
        .outcome();
  }

  support::scratch_dir dir;
  http_stand_in server{[](const got_request& r) {
    return r.header("x-auth") == "Bearer second" ? said(200) : said(401, "wrong: " + r.header("x-auth"));
  }};
  http_client client{[] {
    http_settings out;
    out.guard = *address_guard::of("true");
    return out;
  }()};
};

TEST_F(AuthorizedCall, UsesARotatedFileWithoutARestart) {
  auto secret = *security::secret::of("file:" + dir.path("token"));
  write_token("first");
  const auto refused = call(secret);
  EXPECT_EQ(refused.result, ports::delivery_result::unreachable);
  EXPECT_EQ(server.requests().size(), 1u) << "the same secret is not tried twice";
  write_token("second");
  EXPECT_EQ(call(secret).result, ports::delivery_result::delivered);
}

TEST_F(AuthorizedCall, RunsACommandAgainWhenTheTargetSays401) {
  auto secret = *security::secret::of("command:cat " + dir.path("token"));
  write_token("first");
  EXPECT_EQ(*secret.value(), "first");
  write_token("second");
  EXPECT_EQ(*secret.value(), "first") << "it was run a moment ago";
  EXPECT_EQ(call(secret).result, ports::delivery_result::delivered);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(AuthorizedCall, HidesTheSecretInReasonAndExchange) {
  auto secret = *security::secret::of("first-of-all");
  const auto refused = call(secret);
  EXPECT_EQ(refused.reason, "HTTP 401: wrong: Bearer ***");
  EXPECT_THAT(refused.exchange, HasSubstr("X-Auth: Bearer ***"));
  EXPECT_THAT(refused.exchange, Not(HasSubstr("first-of-all")));
}

TEST_F(AuthorizedCall, SaysNothingAboutTheEventWhenTheSecretCannotBeRead) {
  auto secret = *security::secret::of("file:" + dir.path("absent"));
  const auto outcome = call(secret);
  EXPECT_EQ(outcome.result, ports::delivery_result::unreachable);
  EXPECT_THAT(outcome.reason, HasSubstr("absent"));
  EXPECT_EQ(outcome.exchange, "");
  EXPECT_TRUE(server.requests().empty());
}

} // namespace
} // namespace cxstream::connectors
