// A protobuf message as a JSON Schema (draft 2020-12): the shapes follow protobuf's JSON mapping with the field names
// as the .proto writes them, the descriptions are the .proto's comments, the bounds are field_rules.hpp's. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

namespace cxstream::tools {

using json = nlohmann::ordered_json;

class schema_writer {
public:
  // Precondition: the descriptor was parsed from source, so that it knows its comments.
  json write(const google::protobuf::Descriptor& message);

private:
  json object(const google::protobuf::Descriptor& message, const std::string& prefix);
  json field(const google::protobuf::FieldDescriptor& field, const std::string& path);
  json single(const google::protobuf::FieldDescriptor& field, const std::string& path);
  json reference(const google::protobuf::Descriptor& message, const std::string& path);
  json map_of(const google::protobuf::FieldDescriptor& field, const std::string& path);

  std::map<std::string, json> definitions_; // messages other than the root, by name
};

// The comment above a declaration as one line of text.
template <class Descriptor>
std::string comment_of(const Descriptor& declaration) {
  google::protobuf::SourceLocation location;
  std::string text;
  if (!declaration.GetSourceLocation(&location))
    return text;
  for (const char c : location.leading_comments) {
    const bool space = c == ' ' || c == '\n';
    if (!space)
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
  }
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return text;
}

} // namespace cxstream::tools
