#include "sources/contract/schema_keywords.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

namespace cxstream::sources {

namespace {

// Of drafts 2019-09 and 2020-12, and the plain "$id" anchors of draft 7 aside: valijson passes over all of these.
constexpr std::array<std::string_view, 14> unchecked{
    "$anchor",     "$dynamicAnchor",   "$dynamicRef",           "$recursiveAnchor", "$recursiveRef",
    "$vocabulary", "prefixItems",      "dependentRequired",     "dependentSchemas", "maxContains",
    "minContains", "unevaluatedItems", "unevaluatedProperties", "contentSchema"};
// Their members are named by the author, each is a schema.
constexpr std::array<std::string_view, 5> named{"properties", "patternProperties", "definitions", "$defs",
                                                "dependencies"};

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

base::error wrong_at(const std::string& at, const std::string& what) {
  return {base::error_code::invalid_argument, "at " + (at.empty() ? "the top" : at) + ": " + what};
}

std::string_view text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

class walk {
public:
  base::result<void> schema(rapidjson::Value& value, const std::string& at) {
    if (value.IsArray()) {
      for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
        if (auto ok = schema(value[i], at + "/" + std::to_string(i)); !ok)
          return ok;
      return {};
    }
    if (!value.IsObject())
      return {};
    if (value.HasMember("format") && value["format"].IsString())
      value.RemoveMember("format");
    for (rapidjson::SizeType i = 0; i < value.MemberCount(); ++i) {
      auto& member = member_of(value, i);
      if (auto ok = keyword(std::string(text_of(member.name)), member.value, at); !ok)
        return ok;
    }
    return {};
  }

  schema_use use;

private:
  // By place: clang finds the comparison of RapidJSON's iterators ambiguous in C++20.
  static rapidjson::Value::Member& member_of(rapidjson::Value& object, rapidjson::SizeType i) {
    return *(object.MemberBegin() + static_cast<std::ptrdiff_t>(i));
  }

  base::result<void> keyword(const std::string& key, rapidjson::Value& value, const std::string& at) {
    if (is_one_of(key, unchecked))
      return wrong_at(at, "\"" + key + "\" cannot be checked here; say it with the keywords of draft 7");
    if (key == "$ref" && value.IsString() && !text_of(value).starts_with('#'))
      return wrong_at(at, "\"$ref\" leads to another document (" + std::string(text_of(value)) +
                              "); copy what it names into this one, under \"definitions\"");
    if (key == "pattern" && value.IsString())
      return pattern(text_of(value), at);
    use.unique_items = use.unique_items || (key == "uniqueItems" && value.IsTrue());
    if (is_one_of(key, data_keywords))
      return {};
    if (!is_one_of(key, named) || !value.IsObject())
      return schema(value, at + "/" + key);
    for (rapidjson::SizeType i = 0; i < value.MemberCount(); ++i) {
      auto& member = member_of(value, i);
      if (key == "patternProperties")
        if (auto ok = pattern(text_of(member.name), at); !ok)
          return ok;
      if (auto ok = schema(member.value, at + "/" + key + "/" + std::string(text_of(member.name))); !ok)
        return ok;
    }
    return {};
  }

  base::result<void> pattern(std::string_view text, const std::string& at) {
    use.patterns = true;
    try {
      const std::regex tried(text.begin(), text.end());
    } catch (const std::regex_error& e) {
      return wrong_at(at, "the pattern \"" + std::string(text) + "\" cannot be read: " + e.what());
    }
    return {};
  }
};

} // namespace

base::result<schema_use> look_through(rapidjson::Value& schema) {
  walk walked;
  if (auto ok = walked.schema(schema, ""); !ok)
    return ok.err();
  return walked.use;
}

} // namespace cxstream::sources
