#include "connectors/salesforce/upsert.hpp"

#include "connectors/crm/json_record.hpp"

namespace cxstream::connectors::salesforce {

namespace {

// "Account.cx_account_id__c" refers to a parent by its external id: an object of its own in JSON.
void write_fields(json_writer& json, const crm_record& record) {
  for (const auto& [name, value] : record.fields) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) {
      key(json, name);
      write_value(json, value);
      continue;
    }
    key(json, name.substr(0, dot));
    if (std::holds_alternative<std::monostate>(value)) {
      json.Null();
      continue;
    }
    json.StartObject();
    key(json, name.substr(dot + 1));
    write_value(json, value);
    json.EndObject();
  }
}

std::string row_body(const crm_record& record) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  write_fields(json, record);
  json.EndObject();
  return std::string(view(out));
}

std::string collection_body(const shape& of, std::span<const crm_record> records) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  key(json, "allOrNone");
  json.Bool(false);
  key(json, "records");
  json.StartArray();
  for (const auto& record : records) {
    json.StartObject();
    key(json, "attributes");
    json.StartObject();
    key(json, "type");
    text(json, of.object);
    json.EndObject();
    key(json, of.by_record_id() ? std::string_view("id") : std::string_view(of.external_id));
    text(json, record.key);
    write_fields(json, record);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return std::string(view(out));
}

bool is_record_id(std::string_view text) {
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return (text.size() == 15 || text.size() == 18) && text.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

std::string data_url(const session& at, const shape& of, std::string_view path) {
  std::string out = at.instance_url;
  return out.append("/services/data/").append(of.api_version).append(path);
}

http_headers headers_of(const session& at) {
  return {{"Authorization", "Bearer " + at.access_token}, {"Content-Type", "application/json"}};
}

request_kind kind_of(const shape& of, std::span<const crm_record> records) {
  const bool is_row = of.by_record_id() && records.size() == 1 && is_record_id(records.front().key);
  return is_row ? request_kind::row : request_kind::collection;
}

http_request upsert_request(const session& at, const shape& of, std::span<const crm_record> records) {
  http_request out;
  out.method = "PATCH";
  out.headers = headers_of(at);
  if (kind_of(of, records) == request_kind::row) {
    out.url = data_url(at, of, "/sobjects/" + of.object + "/" + records.front().key);
    out.body = row_body(records.front());
    return out;
  }
  std::string path = "/composite/sobjects";
  if (!of.by_record_id())
    path.append("/").append(of.object).append("/").append(of.external_id);
  out.url = data_url(at, of, path);
  out.body = collection_body(of, records);
  return out;
}

} // namespace cxstream::connectors::salesforce
