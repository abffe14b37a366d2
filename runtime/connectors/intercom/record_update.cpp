#include "connectors/intercom/record_update.hpp"

#include "connectors/crm/json_record.hpp"

#include <rapidjson/document.h>

namespace cxstream::connectors::intercom {

namespace {

std::string_view path_of(object_kind object) {
  return object == object_kind::conversation ? "/conversations/" : "/tickets/";
}

http_request request_to(const shape& of, std::string_view token, std::string_view method, std::string_view path) {
  http_request out;
  out.method = method;
  out.url = of.url + std::string(path);
  out.headers = {{"Authorization", "Bearer " + std::string(token)},
                 {"Content-Type", "application/json"},
                 {"Accept", "application/json"},
                 {"Intercom-Version", of.api_version}};
  return out;
}

std::string tags_path(const shape& of, std::string_view id) {
  std::string out(path_of(of.object));
  return out.append(id).append("/tags");
}

// {"<name>": "<value>", …}
std::string texts(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  for (const auto& [name, value] : members) {
    key(json, name);
    text(json, value);
  }
  json.EndObject();
  return std::string(view(body));
}

std::string text_at(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd())
    return {};
  if (found->value.IsUint64())
    return std::to_string(found->value.GetUint64());
  return found->value.IsString() ? std::string(found->value.GetString(), found->value.GetStringLength())
                                 : std::string();
}

} // namespace

bool is_id(std::string_view text) {
  constexpr std::size_t digits_max = 20;
  return !text.empty() && text.size() <= digits_max && text.find_first_not_of("0123456789") == std::string_view::npos;
}

http_request update_request(const shape& of, std::string_view token, const crm_record& record) {
  auto out = request_to(of, token, "PUT", std::string(path_of(of.object)) + record.key);
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, of.object == object_kind::conversation ? "custom_attributes" : "ticket_attributes");
  json.StartObject();
  for (const auto& [name, value] : record.fields) {
    key(json, name);
    write_value(json, value);
  }
  json.EndObject();
  json.EndObject();
  out.body = view(body);
  return out;
}

http_request tag_by_name_request(const shape& of, std::string_view token, std::string_view name) {
  auto out = request_to(of, token, "POST", "/tags");
  out.body = texts({{"name", name}});
  return out;
}

http_request attach_request(const shape& of, std::string_view token, std::string_view id, std::string_view tag_id,
                            std::string_view admin_id) {
  auto out = request_to(of, token, "POST", tags_path(of, id));
  out.body = texts({{"id", tag_id}, {"admin_id", admin_id}});
  return out;
}

http_request detach_request(const shape& of, std::string_view token, std::string_view id, std::string_view tag_id,
                            std::string_view admin_id) {
  auto out = request_to(of, token, "DELETE", tags_path(of, id).append("/").append(tag_id));
  out.body = texts({{"admin_id", admin_id}});
  return out;
}

std::optional<std::map<std::string, std::string>> tags_in(const http_answer& answer) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject() || !body.HasMember("tags") || !body["tags"].IsObject())
    return std::nullopt;
  const auto list = body["tags"].FindMember("tags");
  if (list == body["tags"].MemberEnd() || !list->value.IsArray())
    return std::nullopt;
  std::map<std::string, std::string> out;
  for (const auto& tag : list->value.GetArray())
    if (tag.IsObject())
      out[text_at(tag, "name")] = text_at(tag, "id");
  return out;
}

std::string id_in(const http_answer& answer) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  return body.HasParseError() || !body.IsObject() ? std::string() : text_at(body, "id");
}

} // namespace cxstream::connectors::intercom
