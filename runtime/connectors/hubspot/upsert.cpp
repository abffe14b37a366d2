#include "connectors/hubspot/upsert.hpp"

#include "connectors/crm/json_record.hpp"

#include <cctype>

namespace cxstream::connectors::hubspot {

namespace {

// A property is emptied by an empty text.
void write_property(json_writer& json, const crm_value& value) {
  if (std::holds_alternative<std::monostate>(value))
    text(json, "");
  else
    write_value(json, value);
}

void write_input(json_writer& json, const shape& of, const crm_record& record, std::size_t place) {
  json.StartObject();
  key(json, "id");
  text(json, record.key);
  if (!of.by_record_id()) {
    key(json, "idProperty");
    text(json, of.id_property);
  }
  key(json, "objectWriteTraceId");
  text(json, std::to_string(place));
  key(json, "properties");
  json.StartObject();
  for (const auto& [name, value] : record.fields) {
    key(json, name);
    write_property(json, value);
  }
  json.EndObject();
  json.EndObject();
}

} // namespace

http_request upsert_request(const shape& of, std::string_view token, std::span<const crm_record> records) {
  http_request out;
  out.method = "POST";
  out.url = of.url + "/crm/v3/objects/" + of.object + (of.by_record_id() ? "/batch/update" : "/batch/upsert");
  out.headers = {{"Authorization", "Bearer " + std::string(token)}, {"Content-Type", "application/json"}};
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, "inputs");
  json.StartArray();
  for (std::size_t i = 0; i < records.size(); ++i)
    write_input(json, of, records[i], i);
  json.EndArray();
  json.EndObject();
  out.body = view(body);
  return out;
}

std::string property_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return out;
}

} // namespace cxstream::connectors::hubspot
