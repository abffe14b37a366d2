#include "connectors/encoding/json_event.hpp"

#include "base/rfc3339.hpp"
#include "connectors/encoding/json_text.hpp"
#include "model/revision.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

// Writes a value that is there.
struct value_writer {
  json_writer& json;

  void operator()(std::monostate) const {
    json.Null();
  }
  void operator()(std::string_view value) const {
    text(json, value);
  }
  void operator()(double value) const {
    json.Double(value);
  }
  void operator()(std::uint64_t value) const {
    json.Uint64(value);
  }
  void operator()(bool value) const {
    json.Bool(value);
  }
  void operator()(base::timestamp value) const {
    text(json, base::format_rfc3339(value));
  }
  void operator()(model::text_list values) const {
    json.StartArray();
    for (const auto& value : *values)
      text(json, value);
    json.EndArray();
  }
  void operator()(model::metric_map metrics) const {
    std::vector<std::pair<std::string_view, double>> sorted(metrics->begin(), metrics->end());
    std::sort(sorted.begin(), sorted.end());
    json.StartObject();
    for (const auto& [name, value] : sorted) {
      key(json, name);
      json.Double(value);
    }
    json.EndObject();
  }
};

} // namespace

json_event::json_event(const model::compiled_projection& projection) {
  for (const auto& field : projection.fields()) {
    const auto dot = field.name.find('.');
    output o{field, {}, field.name};
    if (dot != std::string::npos) {
      o.parent = field.name.substr(0, dot);
      o.leaf = field.name.substr(dot + 1);
    }
    const auto sibling = std::find_if(outputs_.rbegin(), outputs_.rend(),
                                      [&](const output& other) { return !o.parent.empty() && other.parent == o.parent; });
    outputs_.insert(sibling == outputs_.rend() ? outputs_.end() : sibling.base(), std::move(o));
  }
}

bool json_event::append(const ports::delivery& delivery, base::timestamp delivered_at, std::string& out) {
  if (!event_.ParseFromString(delivery.event))
    return false;
  model::set_us(*event_.mutable_pipeline()->mutable_delivered_at(), base::to_us(delivered_at));
  string_output stream(out);
  json_writer json(stream);
  json.StartObject();
  std::string_view open; // the object being written
  for (const auto& o : outputs_) {
    const auto value = model::compiled_projection::value(event_, o.field);
    if (std::holds_alternative<std::monostate>(value))
      continue;
    if (o.parent != open) {
      if (!open.empty())
        json.EndObject();
      if (open = o.parent; !open.empty()) {
        key(json, open);
        json.StartObject();
      }
    }
    key(json, o.leaf);
    std::visit(value_writer{json}, value);
  }
  if (!open.empty())
    json.EndObject();
  json.EndObject();
  return true;
}

} // namespace cxstream::connectors
