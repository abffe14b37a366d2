#include "sources/mapping/example_check.hpp"

#include "google/protobuf/util/json_util.h"
#include "model/canonicalise.hpp"

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace cxstream::sources {

namespace {

using field_texts = std::map<std::string, std::string>;

std::string json_of(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field) {
  std::unique_ptr<google::protobuf::Message> alone(message.New());
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> others;
  alone->CopyFrom(message);
  reflection->ListFields(*alone, &others);
  for (const auto* other : others)
    if (other != &field)
      reflection->ClearField(alone.get(), other);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(*alone, &json, options);
  if (!status.ok())
    return status.message().ToString();
  const auto colon = json.find(':'); // {"status":"open"}
  return json.substr(colon + 1, json.size() - colon - 2);
}

field_texts fields_of(v1::CanonicalEvent event) {
  model::canonicalise(event, {});
  event.clear_mapping_version();
  event.clear_pipeline();
  std::vector<const google::protobuf::FieldDescriptor*> set;
  event.GetReflection()->ListFields(event, &set);
  field_texts out;
  for (const auto* field : set) {
    if (field->name() == "custom_metrics") {
      for (const auto& [name, value] : event.custom_metrics()) {
        std::ostringstream text;
        text << value;
        out["custom_metrics." + name] = text.str();
      }
    } else if (field->name() == "cleared") {
      const std::set<std::string> paths(event.cleared().paths().begin(), event.cleared().paths().end());
      for (const auto& path : paths)
        out["cleared"] += (out["cleared"].empty() ? "" : ", ") + path;
    } else {
      out[field->name()] = json_of(event, *field);
    }
  }
  return out;
}

void compare(std::size_t place, const std::string& wanted, const std::string& bytes, example_outcome& out) {
  v1::CanonicalEvent expected_event;
  expected_event.ParseFromString(wanted);
  v1::CanonicalEvent event;
  event.ParseFromString(bytes);
  if (expected_event.schema_version().empty())
    event.clear_schema_version();
  auto expected = fields_of(expected_event);
  auto actual = fields_of(event);
  if (expected_event.idempotency_key().empty()) {
    expected.erase("idempotency_key");
    actual.erase("idempotency_key");
  }
  for (const auto& [field, text] : expected) {
    const auto found = actual.find(field);
    if (found == actual.end())
      out.differences.push_back({place, field, text, {}});
    else if (found->second != text)
      out.differences.push_back({place, field, text, found->second});
  }
  for (const auto& [field, text] : actual)
    if (!expected.contains(field))
      out.differences.push_back({place, field, {}, text});
}

std::string shown(const std::string& bytes) {
  v1::CanonicalEvent event;
  event.ParseFromString(bytes);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  return google::protobuf::util::MessageToJsonString(event, &json, options).ok() ? json : "an event";
}

void check_events(const std::vector<std::string>& wanted, const ports::read_payload& got, example_outcome& out) {
  for (std::size_t i = 0; i < std::max(wanted.size(), got.events.size()); ++i) {
    if (i >= got.events.size())
      out.differences.push_back({i, {}, shown(wanted[i]), {}});
    else if (i >= wanted.size())
      out.differences.push_back({i, {}, {}, shown(got.events[i])});
    else
      compare(i, wanted[i], got.events[i], out);
  }
  for (const auto& why : got.refused)
    out.faults.push_back("rejected" + (why.field_path.empty() ? "" : " at " + why.field_path) + ": " + why.message);
  if (got.events.size() < wanted.size())
    for (const auto& reason : got.dropped)
      out.faults.push_back("dropped: " + reason);
}

void check_dropped(const std::string& reason, const ports::read_payload& got, example_outcome& out) {
  check_events({}, got, out);
  if (got.dropped.empty())
    out.faults.push_back("is not dropped; expected: " + reason);
  for (const auto& other : got.dropped)
    if (other != reason)
      out.faults.push_back("dropped: " + other + "; expected: " + reason);
}

void check_rejected(const std::string& field, const ports::read_payload& got, example_outcome& out) {
  for (const auto& why : got.refused)
    if (why.field_path == field)
      return;
  check_events({}, got, out);
  out.faults.push_back("is not rejected at '" + field + "'");
}

} // namespace

example_outcome check_example(const payload_mapper& mapper, const mapping_example& example,
                              const std::filesystem::path& folder, base::timestamp now) {
  example_outcome out{example.name, example.line, {}, {}, {}};
  ports::payload payload;
  payload.headers = example.headers;
  payload.body = example.input;
  if (!example.input_file.empty()) {
    std::ifstream in(folder / example.input_file, std::ios::binary);
    if (!in) {
      out.skipped = "its input " + (folder / example.input_file).string() + " is not there";
      return out;
    }
    std::ostringstream text;
    text << in.rdbuf();
    payload.body = text.str();
  }
  const auto got = mapper.map(payload, example.received_at.value_or(now));
  if (example.expect)
    check_events(*example.expect, got, out);
  else if (example.dropped)
    check_dropped(*example.dropped, got, out);
  else if (example.rejected)
    check_rejected(*example.rejected, got, out);
  return out;
}

} // namespace cxstream::sources
