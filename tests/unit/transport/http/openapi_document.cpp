#include "unit/transport/http/openapi_document.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cctype>

namespace cxstream::transport::test {

namespace {

std::string lower(std::string text) {
  for (char& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

} // namespace

const YAML::Node& openapi_document() {
  static const YAML::Node it = YAML::LoadFile(CXSTREAM_SOURCE_DIR "/docs/openapi.yaml");
  return it;
}

YAML::Node resolved(const YAML::Node& node) {
  if (!node["$ref"])
    return node;
  auto path = node["$ref"].as<std::string>().substr(2);
  YAML::Node at = YAML::Clone(openapi_document());
  while (!path.empty()) {
    const auto part = path.substr(0, path.find('/'));
    path.erase(0, part.size() + 1);
    at.reset(at[part]);
  }
  return at;
}

void expect_as_described(const raw_answer& answer, const YAML::Node& described) {
  for (const auto& header : resolved(described)["headers"])
    EXPECT_FALSE(answer.header(lower(header.first.as<std::string>())).empty()) << header.first << answer.head;
  if (resolved(described)["content"]["application/x-ndjson"])
    return;
  EXPECT_EQ(answer.header("content-type"), "application/json");
  const auto said = nlohmann::json::parse(answer.body);
  const auto schema = resolved(resolved(described)["content"]["application/json"]["schema"]);
  ASSERT_TRUE(schema["required"]);
  for (const auto& name : schema["required"])
    EXPECT_TRUE(said.contains(name.as<std::string>())) << answer.body;
  for (const auto& [name, value] : said.items())
    EXPECT_TRUE(schema["properties"][name]) << name;
}

} // namespace cxstream::transport::test
