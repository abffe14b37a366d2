#include "model/taxonomy.hpp"

#include <gtest/gtest.h>

namespace cxstream::model {
namespace {

std::string tag_in(const taxonomy& t, std::string_view raw) {
  const auto* tag = t.canonical_tag(raw);
  return tag == nullptr ? "-" : *tag;
}

TEST(Taxonomy, MapsARawTagWithoutRegardToCaseOrSpaceAround) {
  taxonomy t("v1");
  EXPECT_TRUE(t.map_tag("Refund_Request", " refund "));
  EXPECT_EQ(tag_in(t, "refund_request"), "refund");
  EXPECT_EQ(tag_in(t, " REFUND_REQUEST "), "refund");
  EXPECT_EQ(tag_in(t, "refund_requests"), "-");
  EXPECT_EQ(tag_in(t, ""), "-");
}

TEST(Taxonomy, PrefersTheExactTagThenTheLongestBeginning) {
  taxonomy t("v1");
  t.map_tag("bill*", "billing");
  t.map_tag("billing_refund*", "refund");
  t.map_tag("billing_refund_late", "late_refund");
  EXPECT_EQ(tag_in(t, "bill"), "billing");
  EXPECT_EQ(tag_in(t, "Billing_other"), "billing");
  EXPECT_EQ(tag_in(t, "billing_refund_fast"), "refund");
  EXPECT_EQ(tag_in(t, "billing_refund_late"), "late_refund");
  EXPECT_EQ(tag_in(t, "bil"), "-");
  t.map_tag("*", "other");
  EXPECT_EQ(tag_in(t, "bil"), "other");
  EXPECT_EQ(tag_in(t, ""), "-");
}

TEST(Taxonomy, RefusesToMapTheSameTagTwice) {
  taxonomy t("v1");
  EXPECT_TRUE(t.map_tag("a", "x"));
  EXPECT_FALSE(t.map_tag("A", "y"));
  EXPECT_TRUE(t.map_tag("a*", "x"));
  EXPECT_FALSE(t.map_tag("A*", "y"));
  EXPECT_TRUE(t.set_driver("x", "d"));
  EXPECT_FALSE(t.set_driver("X", "e"));
  EXPECT_EQ(tag_in(t, "a"), "x");
  EXPECT_EQ(t.size(), 2u);
}

TEST(Taxonomy, GivesTheDriverOfACanonicalTagOrTheDefault) {
  taxonomy t("v1");
  t.set_driver("refund", "billing");
  EXPECT_EQ(*t.driver("Refund"), "billing");
  EXPECT_EQ(t.driver("login"), nullptr);
  t.set_default_driver("unclassified");
  EXPECT_EQ(*t.driver("login"), "unclassified");
}

TEST(Taxonomy, KnowsNothingWhenItIsEmpty) {
  const taxonomy none;
  EXPECT_TRUE(none.version().empty());
  EXPECT_EQ(none.canonical_tag("refund"), nullptr);
  EXPECT_EQ(none.driver("refund"), nullptr);
  EXPECT_EQ(none.default_tag(), nullptr);
  EXPECT_EQ(none.canonical_tag(std::string(100'000, 'a')), nullptr);
}

} // namespace
} // namespace cxstream::model
