#include "model/tag_coverage.hpp"

#include "model/retag.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cxstream::model {
namespace {

v1::CanonicalEvent event(const std::string& ticket, const std::string& source,
                         std::initializer_list<const char*> tags) {
  v1::CanonicalEvent e;
  e.set_ticket_id(ticket);
  e.set_source_system(source);
  for (const auto* tag : tags)
    e.add_raw_tags(tag);
  return e;
}

taxonomy refunds() {
  taxonomy t("v1");
  t.map_tag("*refund*", "refund");
  return t;
}

TEST(TagCoverage, CountsEventsTicketsAndShareOfEachHomelessTag) {
  tag_coverage coverage(refunds());
  coverage.add(event("T-1", "zendesk", {"VIP", "refund_late"}));
  coverage.add(event("T-1", "zendesk", {"vip"}));
  coverage.add(event("T-2", "zendesk", {" vip ", "Vip", "slow"}));
  coverage.add(event("T-3", "intercom", {"a refund"}));
  coverage.add(event("T-3", "intercom", {}));
  EXPECT_EQ(coverage.total().events, 5u);
  EXPECT_EQ(coverage.total().tagged, 4u);
  EXPECT_EQ(coverage.total().covered, 2u);
  EXPECT_DOUBLE_EQ(coverage.total().share(), 0.5);
  EXPECT_DOUBLE_EQ(coverage.by_source().at("intercom").share(), 1.0);
  EXPECT_EQ(coverage.by_source().at("zendesk").covered, 1u);
  const auto homeless = coverage.homeless(0);
  ASSERT_EQ(homeless.size(), 2u);
  EXPECT_EQ(homeless[0].tag, "VIP");
  EXPECT_EQ(homeless[0].events, 3u);
  EXPECT_EQ(homeless[0].uncovered, 2u);
  EXPECT_EQ(homeless[0].tickets, 2u);
  EXPECT_DOUBLE_EQ(homeless[0].share, 0.75);
  EXPECT_EQ(homeless[1].tag, "slow");
  EXPECT_EQ(coverage.homeless(1).size(), 1u);
}

TEST(TagCoverage, LeavesOutEventsThatRetaggingMade) {
  tag_coverage coverage(refunds());
  auto retag = event("T-1", std::string(retag_source_system), {"vip"});
  retag.set_event_type(std::string(retag_event_type));
  coverage.add(retag);
  EXPECT_EQ(coverage.total().events, 0u);
  EXPECT_TRUE(coverage.homeless(0).empty());
  EXPECT_DOUBLE_EQ(coverage.total().share(), 1.0);
}

TEST(TagCoverage, CountsTicketsExactlyHoweverTheyInterleave) {
  tag_coverage coverage(taxonomy("v1"));
  std::set<std::string> tickets;
  for (int i = 0; i < 20'000; ++i) {
    const auto ticket = "T-" + std::to_string((i * 7'919) % 3'001);
    tickets.insert(ticket);
    coverage.add(event(ticket, "s", {"x"}));
  }
  ASSERT_EQ(tickets.size(), 3'001u);
  EXPECT_EQ(coverage.homeless(0)[0].tickets, 3'001u);
}

} // namespace
} // namespace cxstream::model
