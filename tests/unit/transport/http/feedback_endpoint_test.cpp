#include "transport/http/feedback_endpoint.hpp"

#include "model/feedback.hpp"
#include "unit/transport/http/http_loopback.hpp"

#include <gmock/gmock.h>

namespace cxstream::transport::test {
namespace {

using base::error_code;
using testing::HasSubstr;
using testing::Not;

// Knows one link.
class one_link final : public ports::feedback_reader {
public:
  base::result<ports::told_delivery> read(std::string_view token, base::timestamp) override {
    if (token == "expired")
      return base::error{error_code::failed_precondition, "the link has expired"};
    if (token == "locked")
      return base::error{error_code::unavailable, "the secret file:/run/secrets/key cannot be read"};
    if (token != "genuine")
      return base::error{error_code::unauthenticated, "the link is not one of this node's"};
    return ports::told_delivery{"alerts", "<b>T&1", base::ticket_sequence{3}, base::from_us(1'767'323'045'000'000)};
  }
};

class FeedbackEndpoint : public HttpLoopback {
protected:
  void SetUp() override {
    const auto handler = std::make_shared<feedback_endpoint>(reader, gate, clock);
    for (const auto* method : {"GET", "POST"})
      routes.push_back({method, "/v1/feedback/{token}", handler});
    start();
  }
  raw_answer get(const std::string& token) {
    return asked("GET /v1/feedback/" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  raw_answer press(const std::string& token) {
    return asked(post("/v1/feedback/" + token, "", "Content-Type: application/x-www-form-urlencoded\r\n"));
  }

  one_link reader;
  ports::system_clock clock;
  deciding_gate gate;
};

TEST_F(FeedbackEndpoint, ShowsAPageAndRecordsNothingUntilTheButtonIsPressed) {
  const auto page = get("genuine");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
  EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(page.body, HasSubstr("&lt;b&gt;T&amp;1"));
  EXPECT_THAT(page.body, Not(HasSubstr("<b>T&1")));
  EXPECT_TRUE(gate.events().empty()) << "who only looks at links flags nothing";
}

TEST_F(FeedbackEndpoint, RecordsAnEventOfTheTicket) {
  EXPECT_THAT(press("genuine").body, HasSubstr("Thank you"));
  ASSERT_EQ(gate.events().size(), 1u);
  const auto event = gate.events().front();
  EXPECT_EQ(event.ticket_id(), "<b>T&1");
  EXPECT_EQ(event.event_type(), "feedback.false_positive");
  EXPECT_EQ(model::flagged_by(event)->sink, "alerts");
  press("genuine");
  EXPECT_EQ(gate.events().back().SerializeAsString(), event.SerializeAsString()) << "a second click is a duplicate";
}

TEST_F(FeedbackEndpoint, ShowsAndRecordsNothingWithoutAGenuineLink) {
  for (const auto& [token, status] :
       std::vector<std::pair<std::string, int>>{{"forged", 403}, {"expired", 410}, {"locked", 503}}) {
    EXPECT_EQ(get(token).status, status) << token;
    const auto answer = press(token);
    EXPECT_EQ(answer.status, status) << token;
    EXPECT_THAT(answer.body, Not(HasSubstr("T&amp;1")));
    EXPECT_THAT(answer.body, Not(HasSubstr("/run/secrets")));
  }
  EXPECT_TRUE(gate.events().empty());
}

TEST_F(FeedbackEndpoint, SaysWhenItCouldNotBeNoted) {
  gate.fail_next({error_code::unavailable, "the log cannot be written"});
  EXPECT_EQ(press("genuine").status, 503);
  EXPECT_EQ(press("genuine").status, 200);
}

} // namespace
} // namespace cxstream::transport::test
