#include "connectors/crm/json_record.hpp"

namespace cxstream::connectors {

namespace {

struct writer {
  json_writer& json;

  void operator()(std::monostate) const {
    json.Null();
  }
  void operator()(const std::string& value) const {
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
};

} // namespace

void write_value(json_writer& json, const crm_value& value) {
  std::visit(writer{json}, value);
}

std::string text_of(const crm_value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  if (std::holds_alternative<std::monostate>(value))
    return {};
  json_buffer out;
  json_writer json(out);
  write_value(json, value);
  return std::string(view(out));
}

} // namespace cxstream::connectors
