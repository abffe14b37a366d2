// Lists of any API: each way of paging, and what keeps a cursor from running ahead.
#include "unit/pollers/scripted.hpp"

#include <gmock/gmock.h>

namespace cxstream::pollers {
namespace {

using config::paging;
using nlohmann::json;
using testing::HasSubstr;

config::poll_config list_config(paging by) {
  auto out = config_of(config::poll_kind::paged_json);
  out.url = "https://vendor.example/api/items?state=all";
  out.paged.records = ".data.items";
  out.paged.by = by;
  return out;
}

json items(int count, json more = json::object()) {
  more["data"]["items"] = json::array();
  for (int i = 0; i < count; ++i)
    more["data"]["items"].push_back({{"id", i}});
  return more;
}

// The URL asked for after a page; empty when it was the last.
std::string next_url(const config::poll_config& config, const std::vector<json>& pages) {
  const auto dialect = dialect_of(config);
  v1::PollCursor cursor;
  for (const auto& page : pages) {
    const auto end = dialect->advance(cursor, page.dump(), noon);
    if (!end)
      return "error: " + end.err().message;
    if (*end == page_end::caught_up)
      return "";
  }
  return dialect->request(cursor).url;
}

TEST(PagedJson, FollowsLinksOnlyWithinTheSite) {
  auto config = list_config(paging::link);
  config.paged.next_path = ".links.next";
  const auto linked = [](const std::string& to) { return items(1, {{"links", {{"next", to}}}}); };
  EXPECT_EQ(next_url(config, {linked("/api/items?page=2")}), "https://vendor.example/api/items?page=2");
  EXPECT_EQ(next_url(config, {linked("https://vendor.example/other")}), "https://vendor.example/other");
  for (const auto* elsewhere : {"https://vendor.example.evil/x", "http://vendor.example/x", "//evil/x",
                                "https://vendor.example@evil/x", "https://vendor.example:8443/x"})
    EXPECT_THAT(next_url(config, {linked(elsewhere)}), HasSubstr("another site")) << elsewhere;
  EXPECT_EQ(next_url(config, {items(1, {{"links", {{"next", nullptr}}}})}), "");
}

TEST(PagedJson, PutsMarksNumbersAndOffsetsIntoTheQuery) {
  auto marked = list_config(paging::cursor);
  marked.paged.next_path = ".meta[0].after";
  marked.paged.page_parameter = "after";
  EXPECT_EQ(next_url(marked, {items(2, {{"meta", {{{"after", "a b&c"}}}}})}),
            "https://vendor.example/api/items?state=all&after=a+b%26c");
  EXPECT_EQ(next_url(marked, {items(2)}), "");
  const auto same = items(2, {{"meta", {{{"after", "x"}}}}});
  EXPECT_THAT(next_url(marked, {same, same}), HasSubstr("leads to itself"));

  auto numbered = list_config(paging::number);
  numbered.paged.page_parameter = "page";
  numbered.paged.size_parameter = "per_page";
  numbered.page_size = 50;
  EXPECT_EQ(next_url(numbered, {}), "https://vendor.example/api/items?state=all&per_page=50&page=1");
  EXPECT_EQ(next_url(numbered, {items(50), items(50)}),
            "https://vendor.example/api/items?state=all&per_page=50&page=3");
  EXPECT_EQ(next_url(numbered, {items(50), items(0)}), "");

  auto skipping = list_config(paging::offset);
  skipping.paged.page_parameter = "skip";
  EXPECT_EQ(next_url(skipping, {}), "https://vendor.example/api/items?state=all");
  EXPECT_EQ(next_url(skipping, {items(30), items(7)}), "https://vendor.example/api/items?state=all&skip=37");
  EXPECT_EQ(next_url(list_config(paging::none), {items(3)}), "");
}

TEST(PagedJson, MovesItsWindowOnlyToWhereThePassBeforeEnded) {
  auto config = list_config(paging::none);
  config.paged.since_parameter = "updated_since";
  config.paged.updated_path = ".changed";
  config.overlap = std::chrono::seconds{10};
  const auto dialect = dialect_of(config);
  v1::PollCursor cursor;
  cursor.set_since_us(1'000'000'000'000'000);
  const auto pass = [&](const char* newest) {
    const json body{{"data", {{"items", {{{"changed", newest}}, {{"changed", "2026-01-01T00:00:00Z"}}}}}}};
    EXPECT_TRUE(dialect->advance(cursor, body.dump(), noon));
    return dialect->request(cursor).url;
  };
  EXPECT_THAT(pass("2026-02-01T00:00:20Z"), HasSubstr("updated_since=2001-09-09T01%3a46%3a40Z"));
  EXPECT_THAT(pass("2026-02-02T00:00:20Z"), HasSubstr("updated_since=2026-02-01T00%3a00%3a10Z"));
  EXPECT_THAT(pass("2026-02-02T00:00:20Z"), HasSubstr("updated_since=2026-02-02T00%3a00%3a10Z"));
}

TEST(PagedJson, SaysWhichSettingDoesNotFitTheAnswer) {
  EXPECT_THAT(next_url(list_config(paging::none), {json{{"items", json::array()}}}),
              HasSubstr("no list at \".data.items\""));
  EXPECT_THAT(next_url(list_config(paging::none), {json("text")}), HasSubstr("no list"));
  auto config = list_config(paging::none);
  for (const auto* path : {".a | .b", "a..b", "[x]", "[1", ".a[-1]", "$(x)"}) {
    config.paged.records = path;
    const auto made = make_dialect(config);
    ASSERT_FALSE(made) << path;
    EXPECT_THAT(made.err().message, HasSubstr("poll.records")) << path;
  }
}

} // namespace
} // namespace cxstream::pollers
