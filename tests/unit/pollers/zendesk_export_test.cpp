// The incremental export, against answers as the vendor documents them.
#include "unit/pollers/scripted.hpp"

#include <gmock/gmock.h>

namespace cxstream::pollers {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::int64_t noon_s = 1'770'120'000;

json page(const std::string& after, bool end, std::vector<std::int64_t> generated) {
  json tickets = json::array();
  for (const auto time : generated)
    tickets.push_back({{"id", time}, {"generated_timestamp", time}});
  return {{"tickets", tickets}, {"after_cursor", after.empty() ? json() : json(after)}, {"end_of_stream", end}};
}

class ZendeskExport : public testing::Test {
protected:
  // Past the first cursor; the first request is made.
  poll_effect begun() {
    EXPECT_EQ(cursor_of(machine.start({}, now)).since_us() / 1'000'000, noon_s - 3'600);
    return machine.stored(now);
  }
  // One page up to its cursor on disk.
  poll_effect read(const json& body) {
    EXPECT_TRUE(submits(machine.answered(ok(body), now)));
    EXPECT_FALSE(cursor_of(machine.durable()).page().empty());
    return machine.stored(now);
  }
  poll_effect later(base::duration time) {
    now += time;
    return machine.woken(now);
  }

  config::poll_config config = config_of(config::poll_kind::zendesk_export);
  poll_machine machine = machine_of(config);
  base::timestamp now = noon;
};

TEST_F(ZendeskExport, SaysTheStartOnceAndThenOnlyItsCursor) {
  EXPECT_EQ(request_of(begun()).url, "https://vendor.example/api/v2/incremental/tickets/cursor.json?start_time=" +
                                         std::to_string(noon_s - 3'600));
  const auto pause = read(page("abc=|", false, {noon_s - 3'000}));
  EXPECT_EQ(wait_of(pause), std::chrono::seconds{6}); // ten a minute
  const auto second = later(wait_of(pause));
  EXPECT_THAT(request_of(second).url, HasSubstr("?cursor=abc%3d%7c"));
  EXPECT_EQ(request_of(second).url.find("start_time"), std::string::npos);
}

TEST_F(ZendeskExport, WaitsOnlyAtTheEndOfTheStream) {
  begun();
  EXPECT_EQ(machine.state(), v1::POLL_CATCHING_UP);
  EXPECT_EQ(wait_of(read(page("a", true, {noon_s - 100}))), std::chrono::seconds{60});
  EXPECT_EQ(machine.state(), v1::POLL_FOLLOWING);
  later(std::chrono::seconds{60});
  EXPECT_EQ(wait_of(read(page("b", false, {noon_s - 70}))), std::chrono::seconds{6}); // it was not the end after all
  later(std::chrono::seconds{6});
  EXPECT_EQ(wait_of(read(page("b", false, {}))), std::chrono::seconds{60}); // nothing, and no way on: not in circles
}

TEST_F(ZendeskExport, WaitsAsLongAsA429AsksForAndAsksTheSameAgain) {
  const auto first = request_of(begun()).url;
  const auto wait = wait_of(machine.answered({429, std::chrono::seconds{93}, ""}, now));
  EXPECT_EQ(wait, std::chrono::seconds{93});
  EXPECT_EQ(machine.state(), v1::POLL_FAILING);
  EXPECT_EQ(request_of(later(wait)).url, first);
  read(page("a", true, {}));
  EXPECT_EQ(machine.error(), "");
}

TEST_F(ZendeskExport, GoesBackBeforeTheLastGoodEndWhenItsCursorIsLost) {
  begun();
  read(page("a", true, {noon_s - 500, noon_s - 400}));
  later(std::chrono::seconds{60});
  read(page("b", false, {noon_s - 90}));
  later(std::chrono::seconds{6});
  const auto back = cursor_of(machine.answered({422, {}, "{\"error\": \"InvalidCursor\"}"}, now));
  EXPECT_EQ(back.page(), "");
  EXPECT_THAT(machine.error(), HasSubstr("422"));
  const auto wait = machine.stored(now);
  EXPECT_GT(wait_of(wait), base::duration::zero());
  EXPECT_THAT(request_of(later(std::chrono::minutes{1})).url,
              HasSubstr("start_time=" + std::to_string(noon_s - 400 - 60)));
  EXPECT_THAT(wait_of(machine.answered({422, {}, ""}, now)),
              testing::Gt(base::duration::zero())); // nothing left to lose
}

TEST_F(ZendeskExport, AsksAgainWhenAPageIsCutOffOrNoPage) {
  const auto first = request_of(begun()).url;
  const auto whole = page("a", false, {noon_s - 3'000, noon_s - 2'999}).dump();
  std::size_t cuts = 0;
  for (std::size_t length = 0; length < whole.size(); length += 7, ++cuts) {
    const auto wait = machine.answered({200, {}, whole.substr(0, length)}, now);
    EXPECT_EQ(request_of(later(wait_of(wait) + std::chrono::seconds{6})).url, first) << length;
  }
  EXPECT_GT(cuts, 10u);
  for (const auto& body : {json::array(), json{{"tickets", 1}}, json{{"tickets", json::array()}},
                           page("", false, {noon_s}), page("", true, {noon_s})}) {
    const auto wait = machine.answered(ok(body), now);
    EXPECT_THAT(machine.error(), HasSubstr("no page of Zendesk's incremental export")) << body;
    EXPECT_EQ(request_of(later(wait_of(wait) + std::chrono::seconds{6})).url, first);
  }
}

TEST_F(ZendeskExport, SaysWhatToDoAboutRefusals) {
  begun();
  machine.answered({401, {}, "{}"}, now);
  EXPECT_THAT(machine.error(), HasSubstr("check auth"));
  machine.answered({302, {}, ""}, now);
  EXPECT_THAT(machine.error(), HasSubstr("not followed"));
  machine.answered({404, {}, ""}, now);
  EXPECT_THAT(machine.error(), HasSubstr("check url"));
  machine.answered({500, {}, "oops"}, now);
  EXPECT_THAT(machine.error(), HasSubstr("500: oops"));
}

} // namespace
} // namespace cxstream::pollers
