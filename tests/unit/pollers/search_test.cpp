// Intercom's and HubSpot's searches, against answers as the vendors document them.
#include "unit/pollers/scripted.hpp"

#include <gmock/gmock.h>

namespace cxstream::pollers {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::int64_t noon_s = 1'770'120'000;

json conversations(const std::vector<std::int64_t>& updated, const json& next) {
  json list = json::array();
  for (const auto time : updated)
    list.push_back({{"type", "conversation"}, {"id", std::to_string(time)}, {"updated_at", time}});
  return {{"type", "conversation.list"}, {"conversations", list}, {"pages", {{"next", next}}}};
}

json tickets(const std::vector<std::int64_t>& modified_ms, const std::string& after) {
  json list = json::array();
  for (const auto time : modified_ms)
    list.push_back({{"id", "1"}, {"properties", {{"hs_lastmodifieddate", std::to_string(time)}}}});
  json out{{"total", 99'999}, {"results", list}};
  if (!after.empty())
    out["paging"] = {{"next", {{"after", after}}}};
  return out;
}

v1::PollCursor advanced(const poll_dialect& dialect, v1::PollCursor cursor, const json& body, page_end expected) {
  const auto end = dialect.advance(cursor, body.dump(), noon);
  EXPECT_TRUE(end) << end.err().message;
  EXPECT_EQ(*end, expected);
  return cursor;
}

v1::PollCursor since(std::int64_t us) {
  v1::PollCursor out;
  out.set_since_us(us);
  return out;
}

TEST(IntercomSearch, FollowsThePagesOfOneWindowAndThenOverlapsIt) {
  auto config = config_of(config::poll_kind::intercom_search);
  config.headers["Authorization"] = "Bearer key";
  config.overlap = std::chrono::seconds{1};
  const auto dialect = dialect_of(config);
  auto cursor = since((noon_s - 100) * 1'000'000);
  const auto request = dialect->request(cursor);
  EXPECT_EQ(request.url, "https://vendor.example/conversations/search");
  EXPECT_EQ(request.headers.at("Authorization"), "Bearer key");
  const auto asked = json::parse(request.body);
  EXPECT_EQ(asked["query"], (json{{"field", "updated_at"}, {"operator", ">"}, {"value", noon_s - 100}}));
  EXPECT_EQ(asked["sort"], (json{{"field", "updated_at"}, {"order", "ascending"}}));
  EXPECT_EQ(asked["pagination"], (json{{"per_page", 150}}));
  cursor =
      advanced(*dialect, cursor, conversations({noon_s - 90, noon_s - 80}, {{"starting_after", "m1"}}), page_end::more);
  EXPECT_EQ(json::parse(dialect->request(cursor).body)["pagination"]["starting_after"], "m1");
  EXPECT_EQ(json::parse(dialect->request(cursor).body)["query"]["value"], noon_s - 100);
  cursor = advanced(*dialect, cursor, conversations({noon_s - 80, noon_s - 70}, nullptr), page_end::caught_up);
  // ">" leaves out the second itself: one second of overlap reads the newest second again.
  EXPECT_EQ(json::parse(dialect->request(cursor).body)["query"]["value"], noon_s - 71);
  EXPECT_EQ(cursor.page(), "");
  cursor = advanced(*dialect, cursor, conversations({}, nullptr), page_end::caught_up);
  EXPECT_EQ(cursor.since_us() / 1'000'000, noon_s - 71);
}

TEST(IntercomSearch, AConversationFromTheFutureHidesNoOther) {
  const auto dialect = dialect_of(config_of(config::poll_kind::intercom_search));
  const auto cursor =
      advanced(*dialect, since(1), conversations({noon_s - 90, noon_s + 9'000}, nullptr), page_end::caught_up);
  EXPECT_EQ(cursor.since_us() / 1'000'000, noon_s - 120); // the page may be a minute old, its index another one
}

TEST(IntercomSearch, ReadsItsWindowAgainWhenItsMarkIsLost) {
  auto machine = machine_of(config_of(config::poll_kind::intercom_search));
  machine.start({}, noon);
  machine.stored(noon);
  machine.answered(ok(conversations({noon_s - 90}, {{"starting_after", "m1"}})), noon);
  machine.durable();
  machine.stored(noon);
  const auto back = cursor_of(machine.answered({400, {}, "{}"}, noon));
  EXPECT_EQ(back.page(), "");
  EXPECT_EQ(back.since_us() / 1'000'000, noon_s - 3'600);
}

TEST(HubspotSearch, MovesItsWindowAfterEachPageSoThatNoLimitIsReached) {
  auto config = config_of(config::poll_kind::hubspot_search);
  config.properties = {"subject", "hs_lastmodifieddate"};
  const auto dialect = dialect_of(config);
  auto cursor = since(5'000'000);
  const auto asked = json::parse(dialect->request(cursor).body);
  EXPECT_EQ(asked["filterGroups"][0]["filters"][0],
            (json{{"propertyName", "hs_lastmodifieddate"}, {"operator", "GT"}, {"value", "5000"}}));
  EXPECT_EQ(asked["properties"], (json{"hs_lastmodifieddate", "subject"}));
  EXPECT_EQ(asked["limit"], 200);
  cursor = advanced(*dialect, cursor, tickets({5'001, 5'002, 5'007}, "200"), page_end::more);
  EXPECT_EQ(cursor.since_us(), 5'006'000);
  EXPECT_EQ(cursor.page(), "");
  // A page full of one millisecond: only its own mark leads on.
  cursor = advanced(*dialect, cursor, tickets({5'007, 5'007}, "400"), page_end::more);
  EXPECT_EQ(cursor.page(), "400");
  EXPECT_EQ(json::parse(dialect->request(cursor).body)["after"], "400");
  cursor = advanced(*dialect, cursor, tickets({5'007, 70'000}, ""), page_end::caught_up);
  EXPECT_EQ(cursor.since_us(), 10'000'000);
}

TEST(HubspotSearch, GoesOnOverNoPageThatIsOutOfOrderOrWithoutTimes) {
  const auto dialect = dialect_of(config_of(config::poll_kind::hubspot_search));
  auto cursor = since(1);
  const auto disorder = dialect->advance(cursor, tickets({5'002, 5'001}, "2").dump(), noon);
  ASSERT_FALSE(disorder);
  EXPECT_THAT(disorder.err().message, HasSubstr("record 2"));
  const auto timeless = dialect->advance(cursor, json{{"results", {{{"id", "1"}}}}}.dump(), noon);
  ASSERT_FALSE(timeless);
  EXPECT_THAT(timeless.err().message, HasSubstr("does not say when it was changed"));
}

TEST(HubspotSearch, AsksAtMostFourTimesASecond) {
  EXPECT_EQ(dialect_of(config_of(config::poll_kind::hubspot_search))->spacing(), std::chrono::milliseconds{250});
  auto config = config_of(config::poll_kind::hubspot_search);
  config.requests_per_second = 0.5;
  EXPECT_EQ(dialect_of(config)->spacing(), std::chrono::seconds{2});
}

} // namespace
} // namespace cxstream::pollers
