#include "config/load.hpp"

#include <gtest/gtest.h>

namespace cxstream::config {
namespace {

constexpr auto variables = [](const std::string& name) -> std::optional<std::string> {
  if (name == "DESK_SECRET")
    return "s3cret";
  return std::nullopt;
};

base::result<node_config> parse(const std::string& source) {
  return parse_config("sources:\n- " + source, "node.yaml", variables);
}

std::string problems_of(const std::string& source) {
  const auto loaded = parse(source);
  return loaded ? "none" : loaded.err().message;
}

TEST(LoadSource, ReadsEverySetting) {
  const auto loaded = parse(R"(name: desk
  mapping: mappings/desk.yaml
  verify: {scheme: hmac, secrets: ["${DESK_SECRET}", old], header: x-signature, algorithm: sha256}
  limits: {rate: 600/m, burst: 50, bytes: 1MiB/s}
)");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& source = loaded->sources.at(0);
  EXPECT_EQ(source.name, "desk");
  EXPECT_EQ(source.mapping, "mappings/desk.yaml");
  EXPECT_EQ(source.verify.scheme, "hmac");
  EXPECT_EQ(source.verify.secrets, (std::vector<std::string>{"s3cret", "old"}));
  EXPECT_EQ(source.verify.options,
            (std::map<std::string, std::string>{{"header", "x-signature"}, {"algorithm", "sha256"}}));
  EXPECT_EQ(source.limits.events_per_second, 10.0);
  EXPECT_EQ(source.limits.burst_events, 50.0);
  EXPECT_EQ(source.limits.bytes_per_second, 1024.0 * 1024);
  EXPECT_EQ(source.line, 2);
}

TEST(LoadSource, WantsItSaidWhenAnyoneMayPost) {
  EXPECT_NE(problems_of("{name: desk, mapping: a}").find("sources[0].verify is missing; say how"), std::string::npos);
  EXPECT_EQ(problems_of("{name: desk, mapping: a, verify: none}"), "none");
  EXPECT_NE(problems_of("{name: desk, mapping: a, verify: nothing}").find("cannot be \"nothing\""), std::string::npos);
  EXPECT_NE(problems_of("{name: desk, mapping: a, verify: {secrets: [x]}}").find("scheme is missing"),
            std::string::npos);
}

TEST(LoadSource, ARemovedOneNeedsNothingElse) {
  const auto loaded = parse("{name: desk, removed: true}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_TRUE(loaded->sources.at(0).removed);
  EXPECT_EQ(problems_of("{name: desk, removed: true, mapping: a, verify: none}"), "none");
}

TEST(LoadSource, SaysWhatIsWrongAndWhere) {
  EXPECT_NE(problems_of("{name: desk, verify: none}").find("sources[0].mapping is missing"), std::string::npos);
  EXPECT_NE(problems_of("{name: a b, mapping: a, verify: none}").find("sources[0].name cannot be \"a b\""),
            std::string::npos);
  EXPECT_NE(problems_of("{name: a, mapping: a, verify: none, limit: {}}").find("did you mean \"limits\""),
            std::string::npos);
  EXPECT_NE(problems_of("{name: a, mapping: a, verify: none, limits: {rate: 5}}").find("such as 200/s"),
            std::string::npos);
  EXPECT_NE(problems_of("{name: a, mapping: a, verify: none, limits: {burst: 5}}").find("without a rate"),
            std::string::npos);
  EXPECT_NE(
      problems_of("{name: a, removed: true}\n- {name: a, removed: true}").find("is taken by the source in line 2"),
      std::string::npos);
}

} // namespace
} // namespace cxstream::config
