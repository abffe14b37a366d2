#include "sources/mapping/yaml_json.hpp"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace cxstream::sources {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

// The reader decides what is a number, so that nothing is written that it would not read.
struct number_test : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, number_test> {
  bool Default() {
    return false;
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    return true;
  }
};

bool is_number(const std::string& text) {
  rapidjson::StringStream in(text.c_str());
  rapidjson::Reader reader;
  number_test test;
  return !reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(in, test).IsError();
}

void write(json_writer& json, const YAML::Node& node) {
  if (node.IsMap()) {
    json.StartObject();
    for (const auto& entry : node) {
      const auto& name = entry.first.Scalar();
      json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
      write(json, entry.second);
    }
    json.EndObject();
    return;
  }
  if (node.IsSequence()) {
    json.StartArray();
    for (const auto& item : node)
      write(json, item);
    json.EndArray();
    return;
  }
  const auto& text = node.IsScalar() ? node.Scalar() : std::string();
  const auto is_quoted = node.Tag() == "!";
  if (node.IsNull() || !node.IsDefined())
    json.Null();
  else if (!is_quoted && (text == "true" || text == "false"))
    json.Bool(text == "true");
  else if (!is_quoted && is_number(text))
    json.RawValue(text.data(), text.size(), rapidjson::kNumberType);
  else
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

} // namespace

std::string yaml_to_json(const YAML::Node& node) {
  rapidjson::StringBuffer buffer;
  json_writer json(buffer);
  write(json, node);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace cxstream::sources
