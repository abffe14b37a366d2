#include "connectors/encoding/json_value.hpp"

#include "base/rfc3339.hpp"

#include <algorithm>
#include <vector>

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

void write_value(json_writer& json, const model::field_value& value) {
  std::visit(value_writer{json}, value);
}

std::string json_of(const model::field_value& value) {
  json_buffer out;
  json_writer json(out);
  write_value(json, value);
  return std::string(view(out));
}

} // namespace cxstream::connectors
