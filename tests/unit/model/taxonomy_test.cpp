#include "model/taxonomy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(Taxonomy, MatchesStarsAnywhereInAPattern) {
  taxonomy t("v1");
  t.map_tag("*refund*", "refund");
  t.map_tag("billing:*:Late", "late");
  t.map_tag("*_vip", "vip");
  EXPECT_EQ(tag_in(t, "refund"), "refund");
  EXPECT_EQ(tag_in(t, "my_REFUND_now"), "refund");
  EXPECT_EQ(tag_in(t, "billing:eu:late"), "late");
  EXPECT_EQ(tag_in(t, "billing::late"), "late");
  EXPECT_EQ(tag_in(t, "billing:late"), "-");
  EXPECT_EQ(tag_in(t, "_vip"), "vip");
  EXPECT_EQ(tag_in(t, "_vips"), "-");
}

TEST(Taxonomy, PrefersThePatternWithMostCharactersThenTheFirst) {
  taxonomy t("v1");
  t.map_tag("*", "any");
  t.map_tag("b*", "beginning_1");
  t.map_tag("*d", "ending_1");
  t.map_tag("*g*d", "two");
  t.map_tag("bill*", "beginning_4");
  t.map_tag("*ding", "ending_4");
  t.map_tag("billinging", "exact");
  EXPECT_EQ(tag_in(t, "bxd"), "beginning_1") << "as many characters as the ending, but mapped before";
  EXPECT_EQ(tag_in(t, "xd"), "ending_1");
  EXPECT_EQ(tag_in(t, "bgd"), "two") << "more characters than the beginning";
  EXPECT_EQ(tag_in(t, "billgd"), "beginning_4") << "more characters than either ending";
  EXPECT_EQ(tag_in(t, "billding"), "beginning_4");
  EXPECT_EQ(tag_in(t, "billinging"), "exact");
  EXPECT_EQ(tag_in(t, "x"), "any");
  taxonomy other("v1");
  other.map_tag("*ding", "ending_4");
  other.map_tag("bill*", "beginning_4");
  EXPECT_EQ(tag_in(other, "billding"), "ending_4") << "of equals the one mapped first";
}

TEST(Taxonomy, TakesSeveralStarsInARowAsOne) {
  taxonomy t("v1");
  EXPECT_TRUE(t.map_tag("a**", "x"));
  EXPECT_FALSE(t.map_tag("a*", "y"));
  EXPECT_TRUE(t.map_tag("a***b", "z"));
  EXPECT_FALSE(t.map_tag("A*B", "y"));
  EXPECT_EQ(tag_in(t, "ab"), "z");
  EXPECT_EQ(t.size(), 2u);
}

TEST(Taxonomy, GivesAnEventTheFirstKnownTagElseTheDefault) {
  taxonomy t("v1");
  t.map_tag("*refund", "refund");
  const std::vector<std::string> none;
  EXPECT_EQ(t.tag_of(none), nullptr);
  EXPECT_EQ(t.tag_of(std::vector<std::string>{"x"}), nullptr);
  t.set_default_tag("other");
  EXPECT_EQ(t.tag_of(none), nullptr);
  EXPECT_EQ(*t.tag_of(std::vector<std::string>{"x"}), "other");
  EXPECT_EQ(*t.tag_of(std::vector<std::string>{"x", "a refund"}), "refund");
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
