#include "config/interpolate.hpp"

#include <gtest/gtest.h>

#include <map>

namespace cxstream::config {
namespace {

environment of(std::map<std::string, std::string> values) {
  return [values](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string text_of(std::string_view text) {
  const auto out = interpolate(text, of({{"A", "one"}, {"EMPTY", ""}, {"NESTED", "${A}"}}));
  return out.problem.empty() ? out.text : "problem: " + out.problem;
}

TEST(Interpolate, ReplacesVariablesAndUsesDefaults) {
  EXPECT_EQ(text_of("plain $A {A} $"), "plain $A {A} $");
  EXPECT_EQ(text_of("<${A}${A}>"), "<oneone>");
  EXPECT_EQ(text_of("${NONE:-two}/${A:-two}/${EMPTY:-two}"), "two/one/two");
  EXPECT_EQ(text_of("${EMPTY}|${NONE:-}"), "|");
  EXPECT_EQ(text_of("${NONE:-a:-b}"), "a:-b");
}

TEST(Interpolate, TakesADoubledDollarForAPlainOne) {
  EXPECT_EQ(text_of("$${A} ${A} $$"), "${A} one $$");
}

TEST(Interpolate, DoesNotLookInsideWhatItPutIn) {
  EXPECT_EQ(text_of("${NESTED}"), "${A}");
}

TEST(Interpolate, SaysWhichVariableIsMissingAndHowToGiveADefault) {
  EXPECT_EQ(text_of("x${NONE}"),
            "problem: the environment variable NONE is not set; set it, or give a default: ${NONE:-default}");
  EXPECT_TRUE(text_of("${A").starts_with("problem: \"${\" has no \"}\""));
  for (const char* bad : {"${}", "${a b}", "${1A}", "${A-x}", "${:-x}", "${A:=x}"})
    EXPECT_TRUE(text_of(bad).starts_with("problem: \"" + std::string(bad) + "\" names no variable")) << bad;
}

} // namespace
} // namespace cxstream::config
