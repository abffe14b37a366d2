#include "schema/schema_writer.hpp"

#include "schema/field_rules.hpp"

#include <stdexcept>

namespace cxstream::tools {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// 64-bit numbers: protobuf writes them as text, because a JSON number is exact only up to 2^53, and reads both.
json unsigned_64() {
  return {{"anyOf", {{{"type", "integer"}, {"minimum", 0}}, {{"type", "string"}, {"pattern", "^[0-9]{1,20}$"}}}}};
}

json scalar(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {{"type", "string"}};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {{"type", "number"}};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", 4294967295U}};
    case FieldDescriptor::CPPTYPE_UINT64:
      return unsigned_64();
    default:
      throw std::runtime_error("json_schema: no mapping yet for the type of " + field.full_name());
  }
}

void add_bounds(json& schema, const field_rule& rule) {
  if (rule.required && schema.value("type", "") == "string")
    schema["minLength"] = 1;
  if (rule.length_max)
    schema["maxLength"] = *rule.length_max;
  if (rule.minimum)
    schema["minimum"] = *rule.minimum;
  if (rule.maximum)
    schema["maximum"] = *rule.maximum;
  if (!rule.pattern.empty())
    schema["pattern"] = rule.pattern;
  if (!rule.examples.empty())
    schema["examples"] = rule.examples;
}

} // namespace

json schema_writer::write(const Descriptor& message) {
  json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", message.name()}};
  auto body = object(message, "");
  schema.update(body);
  for (auto& [name, definition] : definitions_)
    schema["$defs"][name] = std::move(definition);
  return schema;
}

json schema_writer::object(const Descriptor& message, const std::string& prefix) {
  json schema{{"description", comment_of(message)}, {"type", "object"}, {"properties", json::object()}};
  auto required = json::array();
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& member = *message.field(i);
    const auto path = prefix + member.name();
    schema["properties"][member.name()] = field(member, path);
    if (rule_of(path).required)
      required.push_back(member.name());
  }
  if (!required.empty())
    schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

json schema_writer::field(const FieldDescriptor& field, const std::string& path) {
  json schema{{"description", comment_of(field)}};
  if (field.is_map()) {
    schema.update(map_of(field, path));
  } else if (field.is_repeated()) {
    schema["type"] = "array";
    schema["items"] = single(field, path);
    if (const auto most = rule_of(path).entries_max)
      schema["maxItems"] = *most;
  } else {
    schema.update(single(field, path));
  }
  return schema;
}

json schema_writer::single(const FieldDescriptor& field, const std::string& path) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    return reference(*field.message_type(), path);
  auto schema = scalar(field);
  add_bounds(schema, rule_of(path));
  return schema;
}

json schema_writer::reference(const Descriptor& message, const std::string& path) {
  json schema;
  if (message.full_name() == "google.protobuf.Timestamp") {
    schema = {{"type", "string"}, {"format", "date-time"}};
    add_bounds(schema, rule_of(path));
    schema.erase("minLength");
    return schema;
  }
  if (message.full_name() == "google.protobuf.FieldMask") {
    schema = {{"type", "string"}, {"pattern", "^$|^[^,]+(,[^,]+)*$"}};
    add_bounds(schema, rule_of(path));
    return schema;
  }
  if (!definitions_.contains(message.name()))
    definitions_[message.name()] = object(message, message.name() + ".");
  schema["$ref"] = "#/$defs/" + message.name();
  // The same message may have narrower bounds in one place than in another.
  for (int i = 0; i < message.field_count(); ++i) {
    json bounds;
    add_bounds(bounds, rule_of(path + "." + message.field(i)->name()));
    if (!bounds.is_null())
      schema["properties"][message.field(i)->name()] = std::move(bounds);
  }
  return schema;
}

json schema_writer::map_of(const FieldDescriptor& field, const std::string& path) {
  const auto& rule = rule_of(path);
  json schema{{"type", "object"}};
  if (rule.entries_max)
    schema["maxProperties"] = *rule.entries_max;
  if (rule.name_length_max)
    schema["propertyNames"] = {{"minLength", 1}, {"maxLength", *rule.name_length_max}};
  schema["additionalProperties"] = single(*field.message_type()->map_value(), path + ".*");
  return schema;
}

} // namespace cxstream::tools
