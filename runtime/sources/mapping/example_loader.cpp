#include "sources/mapping/example_loader.hpp"

#include "base/rfc3339.hpp"
#include "model/fold_text.hpp"
#include "sources/mapping/record_mapper.hpp"
#include "sources/mapping/yaml_json.hpp"

namespace cxstream::sources {

namespace {

std::vector<std::string> keys_of(const YAML::Node& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map)
    keys.push_back(entry.first.Scalar());
  return keys;
}

std::vector<std::string> read_expected(const yaml_section& section) {
  const auto node = section.child("expect");
  if (!node.IsSequence())
    section.fail(node, "expect must be a list of canonical events; [] when there is none");
  std::vector<std::string> events;
  for (const auto& item : node) {
    // JSON has one text for a field mask, in which custom_metrics.first_reply_2 cannot be told; here it is a list.
    auto event = YAML::Clone(item);
    std::vector<std::string> cleared;
    if (event.IsMap() && event["cleared"]) {
      cleared = yaml_section(event, section.file(), "an expected event", keys_of(event)).texts("cleared");
      event.remove("cleared");
    }
    mapped_record read;
    read_canonical(yaml_to_json(event), read);
    if (read.refused)
      section.fail(item, "expect: " + read.refused->message);
    for (auto& path : cleared)
      read.event.mutable_cleared()->add_paths(std::move(path));
    events.push_back(read.event.SerializeAsString());
  }
  return events;
}

mapping_example read_example(const yaml_section& section, const YAML::Node& node) {
  mapping_example out;
  out.line = line_of(node);
  out.name = section.text_or("name", "line " + std::to_string(out.line));
  if (section.has("input") == section.has("input_file"))
    section.fail("an example needs 'input' or 'input_file', one of them");
  if (section.has("input")) {
    const auto input = section.child("input");
    out.input = input.IsScalar() && (input.Tag() == "!" || input.Scalar().find('\n') != std::string::npos)
                    ? input.Scalar()
                    : yaml_to_json(input);
  } else {
    out.input_file = section.text("input_file");
  }
  if (section.has("headers")) {
    if (!section.child("headers").IsMap())
      section.fail(section.child("headers"), "headers must be a map of name: value");
    for (const auto& entry : section.child("headers")) {
      auto name = entry.first.Scalar();
      model::lower(name);
      out.headers.push_back({std::move(name), scalar(entry.second, section.file(), "a header")});
    }
  }
  if (section.has("received_at")) {
    out.received_at = base::parse_rfc3339(section.text("received_at"));
    if (!out.received_at)
      section.fail(section.child("received_at"), "received_at must be a time like \"2026-01-02T03:04:05Z\"");
  }
  const auto given = static_cast<int>(section.has("expect")) + static_cast<int>(section.has("dropped")) +
                     static_cast<int>(section.has("rejected"));
  if (given != 1)
    section.fail("an example needs exactly one of expect, dropped, rejected");
  if (section.has("expect"))
    out.expect = read_expected(section);
  else if (section.has("dropped"))
    out.dropped = section.text("dropped");
  else
    out.rejected = section.text("rejected");
  return out;
}

} // namespace

std::vector<mapping_example> read_examples(const yaml_section& top) {
  std::vector<mapping_example> out;
  if (!top.has("examples"))
    return out;
  if (!top.child("examples").IsSequence())
    top.fail(top.child("examples"), "examples must be a list of {name: …, input: …, expect: …}");
  for (const auto& node : top.child("examples"))
    out.push_back(read_example(
        yaml_section(node, top.file(), "an example",
                     {"name", "input", "input_file", "headers", "received_at", "expect", "dropped", "rejected"}),
        node));
  return out;
}

} // namespace cxstream::sources
