#include "config/load.hpp"

#include <gmock/gmock.h>

namespace cxstream::config {
namespace {

using testing::HasSubstr;

base::result<node_config> parse(const std::string& poll) {
  const auto variables = [](const std::string& name) -> std::optional<std::string> {
    return name == "TOKEN" ? std::optional<std::string>("t0ken") : std::nullopt;
  };
  return parse_config("sources:\n- {name: desk, mapping: a, verify: none, poll: " + poll + "}", "node.yaml", variables);
}

std::string problems_of(const std::string& poll) {
  const auto loaded = parse(poll);
  return loaded ? "none" : loaded.err().message;
}

TEST(LoadPoll, ReadsWhatAVendorNeeds) {
  const auto loaded =
      parse("{kind: zendesk_export, url: 'https://example.zendesk.com', auth: {bearer: '${TOKEN}'}, every: 2m, "
            "mapping: zendesk_ticket, start: '2026-01-01T00:00:00Z', include: metric_sets, rate: 30/m, "
            "page_size: 500, headers: {X-Account: '7'}}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& poll = *loaded->sources.at(0).poll;
  EXPECT_EQ(poll.kind, poll_kind::zendesk_export);
  EXPECT_EQ(poll.headers, (std::map<std::string, std::string>{{"Authorization", "Bearer t0ken"}, {"X-Account", "7"}}));
  EXPECT_EQ(poll.every, std::chrono::minutes{2});
  EXPECT_EQ(poll.start_us, 1'767'225'600'000'000);
  EXPECT_EQ(poll.include, "metric_sets");
  EXPECT_EQ(poll.requests_per_second, 0.5);
  EXPECT_EQ(poll.page_size, 500u);
  const auto none = parse_config("sources:\n- {name: desk, mapping: a, verify: none}", "node.yaml", nullptr);
  ASSERT_TRUE(none) << none.err().message;
  EXPECT_FALSE(none->sources.at(0).poll);
}

TEST(LoadPoll, ReadsHowAListIsPaged) {
  const auto loaded = parse(
      "{kind: paged_json, url: 'http://127.0.0.1/items', auth: {basic: 'me:secret'}, mapping: m, records: .items, "
      "pages: {cursor: .meta.next, parameter: after, size: limit}, "
      "since: {parameter: since, format: unix_ms, updated: .changed, ascending: true}}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& poll = *loaded->sources.at(0).poll;
  EXPECT_EQ(poll.basic, "me:secret");
  EXPECT_EQ(poll.paged.by, paging::cursor);
  EXPECT_EQ(poll.paged.next_path, ".meta.next");
  EXPECT_EQ(poll.paged.page_parameter, "after");
  EXPECT_EQ(poll.paged.size_parameter, "limit");
  EXPECT_EQ(poll.paged.since_format, poll_time_format::unix_ms);
  EXPECT_EQ(poll.paged.updated_path, ".changed");
  EXPECT_TRUE(poll.paged.ascending);
  const auto numbered = parse("{kind: paged_json, url: 'http://a', mapping: m, pages: {number: page, first: 0}}");
  ASSERT_TRUE(numbered) << numbered.err().message;
  EXPECT_EQ(numbered->sources.at(0).poll->paged.by, paging::number);
  EXPECT_EQ(numbered->sources.at(0).poll->paged.page_parameter, "page");
  EXPECT_EQ(numbered->sources.at(0).poll->paged.first_number, 0u);
}

TEST(LoadPoll, SaysWhatIsWrongAndWhere) {
  const std::string good = "kind: paged_json, url: 'http://a', mapping: m, ";
  EXPECT_THAT(problems_of("{}"), HasSubstr("sources[0].poll.kind is missing"));
  EXPECT_THAT(problems_of("{kind: zendesk, url: 'http://a', mapping: m}"),
              HasSubstr("known are: zendesk_export, intercom_search"));
  EXPECT_THAT(problems_of("{kind: paged_json, url: vendor.example, mapping: m}"),
              HasSubstr("must be an http or https URL"));
  EXPECT_THAT(problems_of("{kind: paged_json, url: 'http://a'}"), HasSubstr("poll.mapping is missing"));
  EXPECT_THAT(problems_of("{" + good + "start: yesterday}"), HasSubstr("write a time such as"));
  EXPECT_THAT(problems_of("{" + good + "auth: {bearer: a, basic: 'b:c'}}"), HasSubstr("use one of"));
  EXPECT_THAT(problems_of("{" + good + "auth: {basic: b}}"), HasSubstr("user:password"));
  EXPECT_THAT(problems_of("{" + good + "auth: {header: X-Key}}"), HasSubstr("belong together"));
  EXPECT_THAT(problems_of("{" + good + "auth: {bearer: \"a\\r\\nX-Evil: b\"}}"), HasSubstr("line break"));
  EXPECT_THAT(problems_of("{" + good + "headers: {X-A: \"a\\nb\"}}"), HasSubstr("line break"));
  EXPECT_THAT(problems_of("{" + good + "pages: {link: .next, number: page}}"), HasSubstr("paged by one of"));
  EXPECT_THAT(problems_of("{" + good + "pages: {cursor: .next}}"), HasSubstr("belong together"));
  EXPECT_THAT(problems_of("{" + good + "since: {parameter: since}}"), HasSubstr("belong together"));
  EXPECT_THAT(problems_of("{" + good + "evry: 60s}"), HasSubstr("evry"));
}

} // namespace
} // namespace cxstream::config
