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

TEST(LoadSource, ReadsTheContract) {
  const auto loaded = parse(R"(name: desk
  mapping: a
  verify: none
  contract: {mode: quarantine, schema: schemas/desk.json, on: [schema, type_change], learn: 50}
)");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& contract = loaded->sources.at(0).contract;
  EXPECT_EQ(contract.mode, "quarantine");
  EXPECT_EQ(contract.schema, "schemas/desk.json");
  EXPECT_EQ(contract.on, (std::vector<std::string>{"schema", "type_change"}));
  EXPECT_EQ(contract.learn, 50u);
  const auto usual = parse("{name: desk, mapping: a, verify: none}");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->sources.at(0).contract.mode, "warn");
  EXPECT_EQ(usual->sources.at(0).contract.on.size(), 5u);
}

TEST(LoadSource, SaysWhatIsWrongWithAContract) {
  const auto problems = [](const std::string& contract) {
    return problems_of("{name: a, mapping: a, verify: none, contract: " + contract + "}");
  };
  EXPECT_NE(problems("{mode: strict}").find("sources[0].contract.mode cannot be \"strict\""), std::string::npos);
  EXPECT_NE(problems("{on: [volume]}").find("sources[0].contract.on cannot have \"volume\""), std::string::npos);
  EXPECT_NE(problems("{on: schema}").find("write schema: FILE"), std::string::npos);
  EXPECT_NE(problems("{learn: 0}").find("learn"), std::string::npos);
  EXPECT_NE(problems("{scheme: x}").find("did you mean \"schema\""), std::string::npos);
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
