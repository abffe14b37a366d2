#include "config/load_taxonomy.hpp"

#include <gtest/gtest.h>

namespace cxstream::config {
namespace {

std::string problems_of(std::string_view text) {
  const auto loaded = parse_taxonomy(text, "t.yaml");
  return loaded ? "none" : loaded.err().message;
}

TEST(LoadTaxonomy, ReadsTagsDriversAndDefaults) {
  const auto loaded = parse_taxonomy(R"(
version: 7
default: {tag: other, driver: unclassified}
tags:
  refund:
    driver: billing
    raw: [Money Back, "refund*", 42]
  login:
    raw: []
)",
                                     "t.yaml");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->version(), "7");
  EXPECT_EQ(*loaded->canonical_tag("money back"), "refund");
  EXPECT_EQ(*loaded->canonical_tag("Refund-late"), "refund");
  EXPECT_EQ(*loaded->canonical_tag("42"), "refund");
  EXPECT_EQ(*loaded->canonical_tag("LOGIN"), "login") << "a canonical tag is a raw tag of itself";
  EXPECT_EQ(*loaded->driver("refund"), "billing");
  EXPECT_EQ(*loaded->driver("login"), "unclassified");
  EXPECT_EQ(*loaded->default_tag(), "other");
}

TEST(LoadTaxonomy, NeedsAVersion) {
  EXPECT_EQ(
      problems_of("tags: {}"),
      "t.yaml:1: version must be a text of 1 to 64 bytes; events carry it, so change it whenever the tags change");
  EXPECT_TRUE(problems_of("").starts_with("t.yaml"));
  EXPECT_TRUE(problems_of("version: ' '").starts_with("t.yaml:1: version must be"));
}

TEST(LoadTaxonomy, NamesEveryMistakeWithItsLine) {
  const auto problems = problems_of("version: 1\n"
                                    "tags:\n"
                                    "  refund:\n"
                                    "    drivr: billing\n"
                                    "    raw:\n"
                                    "      - money\n"
                                    "      - Money\n"
                                    "      - a*b\n"
                                    "      - ''\n"
                                    "      - [x]\n"
                                    "  login:\n"
                                    "    raw: sso\n"
                                    "  refund:\n"
                                    "    raw: []\n");
  EXPECT_EQ(problems, "t.yaml:4: unknown key \"tags.refund.drivr\"; did you mean \"driver\"?\n"
                      "t.yaml:7: \"Money\" is mapped twice; remove one of the two\n"
                      "t.yaml:9: a raw tag of \"refund\" must be a text of 1 to 256 bytes\n"
                      "t.yaml:10: a raw tag of \"refund\" must be a single value, not a list or mapping\n"
                      "t.yaml:12: tags.login.raw must be a list of raw tags\n"
                      "t.yaml:13: tags.refund stands twice, first in line 3; remove one");
}

TEST(LoadTaxonomy, TakesTagsAsTheyStand) {
  const auto loaded = parse_taxonomy("version: v\ntags: {a: {raw: ['${HOME}', '${']}}", "t.yaml");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_NE(loaded->canonical_tag("${home}"), nullptr);
}

TEST(LoadTaxonomy, ReadsExamplesWithWhatTheyExpect) {
  const auto loaded = parse_taxonomy_document("version: 1\n"
                                              "tags: {refund: {driver: billing, raw: ['*refund*']}}\n"
                                              "examples:\n"
                                              "  - {raw: [a, ' b '], tag: refund}\n"
                                              "  - {raw: [], tag: ~, driver: ~}\n",
                                              "t.yaml");
  ASSERT_TRUE(loaded) << loaded.err().message;
  ASSERT_EQ(loaded->examples.size(), 2u);
  EXPECT_EQ(loaded->examples[0].raw_tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(loaded->examples[0].canonical_tag->text, "refund");
  EXPECT_FALSE(loaded->examples[0].driver);
  EXPECT_EQ(loaded->examples[0].line, 4);
  EXPECT_EQ(loaded->examples[1].canonical_tag->text, std::nullopt);
  EXPECT_TRUE(loaded->examples[1].driver);
  ASSERT_EQ(loaded->patterns.size(), 1u);
  EXPECT_EQ(loaded->patterns[0].pattern, "*refund*");
}

TEST(LoadTaxonomy, RefusesExamplesThatSayNothing) {
  EXPECT_EQ(problems_of("version: 1\nexamples:\n  - {raw: [a]}\n  - {tag: x, drivr: y}\n"),
            "t.yaml:3: examples[0].tag is missing; say what should come out, with ~ for nothing\n"
            "t.yaml:4: examples[1].raw is missing; list the raw tags of an event, or [] for none\n"
            "t.yaml:4: unknown key \"examples[1].drivr\"; did you mean \"driver\"?");
  EXPECT_TRUE(problems_of("version: 1\nexamples: {raw: a}").starts_with("t.yaml:2: examples must be a list"));
}

TEST(LoadTaxonomy, ReadsTheExample) {
  const auto loaded = load_taxonomy(CXSTREAM_SOURCE_DIR "/examples/taxonomy.yaml");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(*loaded->canonical_tag("Billing:Refund"), "refund");
  EXPECT_EQ(*loaded->canonical_tag("billing:something"), "invoice_question");
  EXPECT_EQ(*loaded->driver("refund"), "billing");
}

TEST(LoadTaxonomy, SaysThatAFileIsNotThere) {
  const auto loaded = load_taxonomy("/nowhere/taxonomy.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.err().code, base::error_code::not_found);
  EXPECT_NE(loaded.err().message.find("/nowhere/taxonomy.yaml: cannot be read (No such file"), std::string::npos);
  EXPECT_FALSE(load_taxonomy(CXSTREAM_SOURCE_DIR "/examples"));
}

} // namespace
} // namespace cxstream::config
