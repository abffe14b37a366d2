// What every poller does, whatever the vendor.
#include "unit/pollers/scripted.hpp"

#include <gmock/gmock.h>

namespace cxstream::pollers {
namespace {

using nlohmann::json;

const json last_page{{"tickets", json::array()}, {"after_cursor", "a"}, {"end_of_stream", true}};
const json first_page{{"tickets", json::array({json{{"id", 1}}})}, {"after_cursor", "a"}, {"end_of_stream", false}};

TEST(PollMachine, StoresWhereItBeginsBeforeItAsksForAnything) {
  auto config = config_of(config::poll_kind::zendesk_export);
  config.start_us = 0;
  auto first = machine_of(config);
  const auto begin = first.start({}, noon);
  EXPECT_EQ(cursor_of(begin).since_us(), base::to_us(noon - std::chrono::hours{24}));
  // It could not be stored: it is tried again before any request.
  const auto wait = wait_of(first.failed("disk full"));
  EXPECT_EQ(cursor_of(first.woken(noon + wait)).since_us(), cursor_of(begin).since_us());
  // A week later, the process having died before the first page: it begins where it would have.
  auto second = machine_of(config);
  const auto request = second.start(std::get<store_cursor>(begin).bytes, noon + std::chrono::hours{24 * 7});
  EXPECT_NE(request_of(request).url.find(std::to_string(cursor_of(begin).since_us() / 1'000'000)), std::string::npos);
}

TEST(PollMachine, MovesItsCursorOnlyBehindWhatIsDurable) {
  auto machine = machine_of(config_of(config::poll_kind::zendesk_export));
  machine.start({}, noon);
  machine.stored(noon);
  ASSERT_TRUE(submits(machine.answered(ok(first_page), noon)));
  EXPECT_EQ(machine.cursor().page(), "");
  const auto wait = wait_of(machine.failed("the node takes no events now"));
  const auto again = machine.woken(noon + wait + std::chrono::seconds{6});
  EXPECT_NE(request_of(again).url.find("start_time"), std::string::npos);
  machine.answered(ok(first_page), noon);
  EXPECT_EQ(cursor_of(machine.durable()).page(), "a");
}

TEST(PollMachine, BeginsAnewForAnotherVendorOrAnotherStart) {
  auto config = config_of(config::poll_kind::zendesk_export);
  auto machine = machine_of(config);
  machine.start({}, noon);
  machine.stored(noon);
  machine.answered(ok(first_page), noon);
  const auto kept = std::get<store_cursor>(machine.durable()).bytes;
  EXPECT_NE(request_of(machine_of(config).start(kept, noon)).url.find("cursor=a"), std::string::npos);
  auto elsewhere = config;
  elsewhere.url = "https://other.example";
  EXPECT_EQ(cursor_of(machine_of(elsewhere).start(kept, noon)).page(), "");
  auto earlier = config;
  earlier.start_us -= 1'000'000;
  EXPECT_EQ(cursor_of(machine_of(earlier).start(kept, noon)).since_us(), earlier.start_us);
  auto unknown = config;
  unknown.start_us = 0;
  EXPECT_EQ(cursor_of(machine_of(unknown).start("\xff\xff broken", noon)).since_us(), 1'000'000);
}

TEST(PollMachine, TriesLessAndLessOftenWithJitterAndNeverGivesUp) {
  auto machine = machine_of(config_of(config::poll_kind::zendesk_export), 7);
  machine.start({}, noon);
  machine.stored(noon);
  std::vector<base::duration> waits;
  for (int i = 0; i < 20; ++i)
    waits.push_back(wait_of(machine.answered({500, {}, ""}, noon)));
  EXPECT_GE(waits.front(), std::chrono::seconds{1});
  EXPECT_LE(waits.front(), std::chrono::seconds{2});
  for (const auto wait : waits)
    EXPECT_LE(wait, std::chrono::minutes{5});
  EXPECT_GE(waits.back(), std::chrono::seconds{150});
  EXPECT_NE(waits[18], waits[19]);
  machine.woken(noon + std::chrono::hours{1});
  machine.answered(ok(last_page), noon);
  machine.durable();
  EXPECT_EQ(machine.state(), v1::POLL_FOLLOWING);
  EXPECT_LE(wait_of(machine.answered({500, {}, ""}, noon)), std::chrono::seconds{2});
}

TEST(PollMachine, AClockThatStepsBackDoesNotStopIt) {
  auto machine = machine_of(config_of(config::poll_kind::zendesk_export));
  machine.start({}, noon);
  machine.stored(noon);
  machine.answered(ok(last_page), noon);
  machine.durable();
  EXPECT_EQ(wait_of(machine.stored(noon)), std::chrono::seconds{60});
  EXPECT_NE(request_of(machine.woken(noon - std::chrono::hours{48})).url.find("cursor=a"), std::string::npos);
}

TEST(PollMachine, RefusesAnAddressThatIsNone) {
  auto config = config_of(config::poll_kind::intercom_search);
  config.url = "ftp://vendor.example";
  const auto made = make_dialect(config);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.err().code, base::error_code::invalid_argument);
}

} // namespace
} // namespace cxstream::pollers
