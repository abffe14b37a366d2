#include "connectors/hubspot/search.hpp"

#include "connectors/encoding/json_text.hpp"

#include <rapidjson/document.h>

namespace cxstream::connectors::hubspot {

namespace {

std::string unix_ms(base::timestamp t) {
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count());
}

http_request post(const shape& of, std::string_view token, std::string_view tail, std::string body) {
  http_request out;
  out.method = "POST";
  out.url = of.url + "/crm/v3/objects/" + of.object + std::string(tail);
  out.headers = {{"Authorization", "Bearer " + std::string(token)}, {"Content-Type", "application/json"}};
  out.body = std::move(body);
  return out;
}

void write_names(json_writer& json, const shape& of, std::span<const std::string> names) {
  key(json, "properties");
  json.StartArray();
  text(json, of.id_property);
  for (const auto& name : names)
    if (name != of.id_property)
      text(json, name);
  json.EndArray();
}

void write_member(json_writer& json, std::string_view name, std::string_view value) {
  key(json, name);
  text(json, value);
}

// An empty `high_value` is left out.
void write_filter(json_writer& json, std::string_view name, std::string_view op, std::string_view value,
                  std::string_view high_value = {}) {
  json.StartObject();
  write_member(json, "propertyName", name);
  write_member(json, "operator", op);
  write_member(json, "value", value);
  if (!high_value.empty())
    write_member(json, "highValue", high_value);
  json.EndObject();
}

} // namespace

http_request search_request(const shape& of, std::string_view token, std::span<const std::string> names,
                            std::string_view time_name, base::timestamp from, base::timestamp to,
                            std::string_view after) {
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, "filterGroups");
  json.StartArray();
  json.StartObject();
  key(json, "filters");
  json.StartArray();
  write_filter(json, time_name, "BETWEEN", unix_ms(from), unix_ms(to));
  if (!after.empty())
    write_filter(json, record_id_name, "GT", after);
  json.EndArray();
  json.EndObject();
  json.EndArray();
  key(json, "sorts");
  json.StartArray();
  json.StartObject();
  write_member(json, "propertyName", record_id_name);
  write_member(json, "direction", "ASCENDING");
  json.EndObject();
  json.EndArray();
  write_names(json, of, names);
  key(json, "limit");
  json.Uint64(page_records_max);
  json.EndObject();
  return post(of, token, "/search", std::string(view(body)));
}

http_request read_request(const shape& of, std::string_view token, std::span<const std::string> names,
                          std::span<const std::string> keys) {
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  write_names(json, of, names);
  if (!of.by_record_id())
    write_member(json, "idProperty", of.id_property);
  key(json, "inputs");
  json.StartArray();
  for (const auto& id : keys) {
    json.StartObject();
    write_member(json, "id", id);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return post(of, token, "/batch/read", std::string(view(body)));
}

http_request archive_request(const shape& of, std::string_view token, std::string_view record_id) {
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, "inputs");
  json.StartArray();
  json.StartObject();
  write_member(json, "id", record_id);
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return post(of, token, "/batch/archive", std::string(view(body)));
}

base::result<search_page> read_page(const http_answer& answer, const shape& of, const secret_mask& mask) {
  rapidjson::Document body;
  constexpr int multi_status = 207; // some keys have no record
  const bool answered =
      answer.end == call_end::answered && (answer.status == 200 || answer.status == multi_status) && !answer.body_cut;
  if (!answered || body.Parse(answer.body.data(), answer.body.size()).HasParseError() || !body.IsObject() ||
      !body.HasMember("results") || !body["results"].IsArray())
    return base::error{base::error_code::unavailable, "the search failed: " + reason_of(answer, mask)};
  search_page out;
  for (const auto& result : body["results"].GetArray()) {
    if (!result.IsObject() || !result.HasMember("properties") || !result["properties"].IsObject())
      continue;
    auto& record = out.records.emplace_back();
    for (const auto& property : result["properties"].GetObject())
      if (property.value.IsString())
        record.values[property.name.GetString()] = {property.value.GetString(), property.value.GetStringLength()};
    if (result.HasMember("id") && result["id"].IsString())
      record.values[record_id_name] = result["id"].GetString();
    record.key = record.values[of.id_property];
  }
  const auto paging = body.FindMember("paging");
  out.is_last = paging == body.MemberEnd() || !paging->value.IsObject() || !paging->value.HasMember("next");
  return out;
}

} // namespace cxstream::connectors::hubspot
