#include "config/check_taxonomy.hpp"

#include "config/load_taxonomy.hpp"

#include <gtest/gtest.h>

namespace cxstream::config {
namespace {

taxonomy_document document_of(std::string_view text) {
  auto loaded = parse_taxonomy_document(text, "t.yaml");
  EXPECT_TRUE(loaded) << loaded.err().message;
  return loaded ? *std::move(loaded) : taxonomy_document{};
}

TEST(CheckTaxonomy, TellsWhichFieldOfAnExampleCameOutOtherwise) {
  const auto document = document_of("version: 1\n"
                                    "tags:\n"
                                    "  refund: {driver: billing, raw: ['*refund*']}\n"
                                    "  login: {driver: access, raw: [sso]}\n"
                                    "examples:\n"
                                    "  - {raw: [unknown, my_refund], tag: refund, driver: billing}\n"
                                    "  - {raw: [sso], tag: refund, driver: billing}\n"
                                    "  - {raw: [unknown], tag: login}\n"
                                    "  - {raw: [unknown], tag: ~, driver: ~}\n"
                                    "  - {raw: [sso], driver: ~}\n");
  const auto differences = run_examples(document);
  ASSERT_EQ(differences.size(), 4u);
  EXPECT_EQ(differences[0].example->line, 7);
  EXPECT_EQ(differences[0].field, "tag");
  EXPECT_EQ(differences[0].expected, "refund");
  EXPECT_EQ(differences[0].actual, "login");
  EXPECT_EQ(differences[1].field, "driver");
  EXPECT_EQ(differences[2].actual, "");
  EXPECT_EQ(differences[3].expected, "");
  EXPECT_EQ(differences[3].actual, "access");
}

TEST(CheckTaxonomy, FindsPatternsThatNeverMatch) {
  const auto lints = lint_taxonomy(document_of("version: 1\n"
                                               "tags:\n"
                                               "  a: {driver: d, raw: ['x*Y*']}\n"
                                               "  b:\n"
                                               "    driver: d\n"
                                               "    raw: ['X*y', 'x*', 'x*yz', 'xy']\n"));
  ASSERT_EQ(lints.size(), 1u) << lints[1].message;
  EXPECT_EQ(lints[0].kind, lint_kind::never_matches);
  EXPECT_EQ(lints[0].line, 6);
  EXPECT_EQ(
      lints[0].message,
      "\"X*y\" never matches: \"x*Y*\" in line 3 takes all its tags and stands before it; put it first or remove it");
}

TEST(CheckTaxonomy, FindsTagsWithoutDriverAndTagsThatNobodyMapsTo) {
  const auto lints = lint_taxonomy(document_of("version: 1\n"
                                               "default: {tag: other, driver: unclassified}\n"
                                               "tags:\n"
                                               "  other: {driver: none}\n"
                                               "  lonely: {driver: d, raw: []}\n"
                                               "  plain: {raw: [p]}\n"));
  ASSERT_EQ(lints.size(), 2u);
  EXPECT_EQ(lints[0].kind, lint_kind::unused);
  EXPECT_EQ(lints[0].subject, "lonely");
  EXPECT_EQ(lints[0].line, 5);
  EXPECT_EQ(lints[1].kind, lint_kind::without_driver);
  EXPECT_EQ(lints[1].message, "\"plain\" has no driver; give it one, or it stays with the default, \"unclassified\"");
}

TEST(CheckTaxonomy, FindsNothingWrongWithTheExample) {
  const auto loaded = load_taxonomy_document(CXSTREAM_SOURCE_DIR "/examples/taxonomy.yaml");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_GE(loaded->examples.size(), 5u);
  EXPECT_TRUE(run_examples(*loaded).empty());
  EXPECT_TRUE(lint_taxonomy(*loaded).empty());
}

} // namespace
} // namespace cxstream::config
