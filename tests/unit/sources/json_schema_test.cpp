#include "sources/contract/json_schema.hpp"

#include "sources/contract/measured_document.hpp"

#include <gmock/gmock.h>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<json_schema> schema(const std::string& text) {
  auto parsed = json_schema::parse(text, "test");
  EXPECT_TRUE(parsed) << parsed.err().message;
  return parsed ? std::move(*parsed) : nullptr;
}

std::vector<std::string> places(const std::string& rules, const std::string& payload) {
  const auto parsed = parse_json(payload);
  std::vector<std::string> out;
  for (const auto& violation : schema(rules)->check(*parsed->documents.at(0)))
    out.push_back(violation.pointer);
  return out;
}

std::string problem(const std::string& text) {
  const auto parsed = json_schema::parse(text, "desk.json");
  return parsed ? "none" : parsed.err().message;
}

TEST(PayloadJsonSchema, NamesPlacesByJsonPointer) {
  EXPECT_THAT(
      places(R"({"properties": {"a/b": {"properties": {"m~n": {"type": "array", "items": {"type": "null"}}}}}})",
             R"({"a/b": {"m~n": [null, 1]}})"),
      testing::Contains("/a~1b/m~0n/1"));
  EXPECT_THAT(places(R"({"required": ["x"]})", "{}"), ElementsAre(""));
  EXPECT_THAT(places("true", "{}"), IsEmpty());
}

TEST(PayloadJsonSchema, AFormatIsARemark) {
  EXPECT_THAT(places(R"({"properties": {"a": {"type": ["string", "null"], "format": "date-time"}}})", R"({"a": null})"),
              IsEmpty());
  EXPECT_THAT(places(R"({"properties": {"format": {"type": "string"}}})", R"({"format": 1})"),
              testing::Contains("/format"));
}

TEST(PayloadJsonSchema, TellsTenViolationsAtMost) {
  EXPECT_EQ(
      places(R"({"items": {"type": "string"}})", "[" + std::string("1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,") + "1]")
          .size(),
      10u);
}

TEST(PayloadJsonSchema, RefusesWhatItWouldPassOver) {
  EXPECT_THAT(
      problem(R"({"properties": {"a": {"unevaluatedProperties": false}}})"),
      HasSubstr("the JSON Schema desk.json cannot be used: at /properties/a: \"unevaluatedProperties\" cannot be "
                "checked here"));
  EXPECT_THAT(problem(R"({"$ref": "other.json#/x"})"), HasSubstr("leads to another document (other.json#/x)"));
  EXPECT_THAT(problem(R"({"pattern": "("})"), HasSubstr("the pattern \"(\" cannot be read"));
  EXPECT_THAT(problem("{"), HasSubstr("not one JSON document"));
  EXPECT_THAT(problem("3"), HasSubstr("a schema is an object, true or false"));
  EXPECT_THAT(problem(R"({"type": 3})"), HasSubstr("desk.json cannot be used"));
  // A field or a value may have such a name.
  EXPECT_EQ(problem(R"({"properties": {"prefixItems": {"enum": [{"$anchor": 1}]}}})"), "none");
}

TEST(PayloadJsonSchema, AReferenceThatLeadsBackToItselfIsRefused) {
  for (const auto* schema :
       {R"({"$ref": "#"})", R"({"definitions": {"a": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"})",
        R"({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}, "type": "object"})",
        R"({"allOf": [{"type": "object"}, {"$ref": "#"}]})",
        R"({"definitions": {"a/b": {"not": {"$ref": "#/definitions/a~1b"}}}, "if": {"$ref": "#/definitions/a~1b"}})",
        R"({"dependencies": {"x": {"$ref": "#"}}})", R"({"properties": {"x": {"$ref": "#/properties/x"}}})"})
    EXPECT_THAT(problem(schema), HasSubstr("leads back to where it stands")) << schema;
}

TEST(PayloadJsonSchema, AReferenceThatGoesALevelDownIsAPlainRecursiveSchema) {
  for (const auto* schema :
       {R"({"properties": {"child": {"$ref": "#"}}})", R"({"items": {"$ref": "#"}})",
        R"({"definitions": {"n": {"properties": {"next": {"$ref": "#/definitions/n"}}}}, "$ref": "#/definitions/n"})",
        R"({"const": {"$ref": "#"}})", R"({"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}],
            "definitions": {"a": {"type": "object"}}})"})
    EXPECT_EQ(problem(schema), "none") << schema;
}

TEST(PayloadJsonSchema, WhatWouldTakeTooLongIsAViolation) {
  const std::string long_text = "{\"a\": \"" + std::string(200'000, '7') + "\"}";
  EXPECT_THAT(places(R"({"properties": {"a": {"pattern": "^([0-9]+)*$"}}})", long_text), ElementsAre(""));
  EXPECT_THAT(places(R"({"properties": {"a": {"type": "string"}}})", long_text), IsEmpty());
  std::string list = "[0";
  for (int n = 1; n < 5'000; ++n)
    list += "," + std::to_string(n);
  EXPECT_THAT(places(R"({"uniqueItems": true})", list + "]"), ElementsAre(""));
  EXPECT_THAT(places(R"({"maxItems": 9999})", list + "]"), IsEmpty());
}

} // namespace
} // namespace cxstream::sources
