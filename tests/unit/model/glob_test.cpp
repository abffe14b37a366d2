#include "model/glob.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace cxstream::model {
namespace {

// The definition, as slow as it is plain.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty())
    return text.empty();
  if (pattern.front() != '*')
    return !text.empty() && text.front() == pattern.front() && matches_by_definition(pattern.substr(1), text.substr(1));
  for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
    if (matches_by_definition(pattern.substr(1), text.substr(skipped)))
      return true;
  return false;
}

TEST(Glob, AgreesWithTheDefinitionOnRandomPatterns) {
  std::mt19937 random(7);
  std::size_t matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern(1 + random() % 7, ' ');
    for (auto& c : pattern)
      c = "ab*"[random() % 3];
    pattern[random() % pattern.size()] = '*';
    std::string text(random() % 8, ' ');
    for (auto& c : text)
      c = "ab"[random() % 2];
    const bool expected = matches_by_definition(pattern, text);
    matched += expected ? 1 : 0;
    ASSERT_EQ(glob(pattern).matches(text), expected) << pattern << " on " << text;
  }
  EXPECT_GT(matched, 2'000u);
  EXPECT_LT(matched, 18'000u);
}

TEST(Glob, DoesNotBlowUpOnPatternsOfManyStars) {
  std::string pattern;
  for (int i = 0; i < 80; ++i)
    pattern += "a*a*";
  const glob g(pattern + "b");
  const std::string text(256, 'a');
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i)
    ASSERT_FALSE(g.matches(text));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5)) << "tried by recursion it would not end";
}

TEST(Glob, KnowsWhichPatternsItCovers) {
  EXPECT_TRUE(glob("a*b*").covers(glob("a*b")));
  EXPECT_FALSE(glob("a*b").covers(glob("a*b*")));
  EXPECT_TRUE(glob("*").covers(glob("x*y")));
  EXPECT_FALSE(glob("x*y").covers(glob("xy*")));
}

} // namespace
} // namespace cxstream::model
