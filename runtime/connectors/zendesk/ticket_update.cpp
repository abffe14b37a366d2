#include "connectors/zendesk/ticket_update.hpp"

#include "connectors/crm/json_record.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <rapidjson/document.h>

namespace cxstream::connectors::zendesk {

namespace {

constexpr std::array<std::string_view, 8> ticket_fields{"status",      "priority", "type",    "external_id",
                                                        "assignee_id", "group_id", "subject", "custom_status_id"};

// A custom field's id is a number in JSON; is_id() made sure that it is one.
void write_custom_field(json_writer& json, std::string_view id, const crm_value& value) {
  json.StartObject();
  key(json, "id");
  json.RawValue(id.data(), id.size(), rapidjson::kNumberType);
  key(json, "value");
  write_value(json, value);
  json.EndObject();
}

http_request request_to(std::string_view url, std::string_view authorization, std::string_view ticket,
                        std::string_view tail) {
  http_request out;
  out.method = "PUT";
  out.url.append(url).append("/api/v2/tickets/").append(ticket).append(tail);
  out.headers = {{"Authorization", std::string(authorization)}, {"Content-Type", "application/json"}};
  return out;
}

} // namespace

bool is_id(std::string_view text) {
  constexpr std::size_t digits_max = 20;
  return !text.empty() && text.size() <= digits_max && text.front() != '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_ticket_field(std::string_view name) {
  return std::ranges::find(ticket_fields, name) != ticket_fields.end();
}

http_request update_request(std::string_view url, std::string_view authorization, const crm_record& record) {
  auto out = request_to(url, authorization, record.key, ".json");
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, "ticket");
  json.StartObject();
  for (const auto& [name, value] : record.fields)
    if (is_ticket_field(name)) {
      key(json, name);
      write_value(json, value);
    }
  key(json, "custom_fields");
  json.StartArray();
  for (const auto& [name, value] : record.fields)
    if (!is_ticket_field(name))
      write_custom_field(json, name, value);
  json.EndArray();
  json.EndObject();
  json.EndObject();
  out.body = view(body);
  return out;
}

http_request tag_request(std::string_view url, std::string_view authorization, std::string_view ticket, tag_step step,
                         std::span<const std::string> tags) {
  auto out = request_to(url, authorization, ticket, "/tags.json");
  if (step == tag_step::remove)
    out.method = "DELETE";
  json_buffer body;
  json_writer json(body);
  json.StartObject();
  key(json, "tags");
  json.StartArray();
  for (const auto& tag : tags)
    text(json, tag);
  json.EndArray();
  json.EndObject();
  out.body = view(body);
  return out;
}

std::optional<std::set<std::string, std::less<>>> tags_in(const http_answer& answer) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject() || !body.HasMember("ticket") || !body["ticket"].IsObject())
    return std::nullopt;
  const auto& ticket = body["ticket"];
  if (!ticket.HasMember("tags") || !ticket["tags"].IsArray())
    return std::nullopt;
  std::set<std::string, std::less<>> out;
  for (const auto& tag : ticket["tags"].GetArray())
    if (tag.IsString())
      out.emplace(tag.GetString(), tag.GetStringLength());
  return out;
}

std::string basic_authorization(std::string_view email, std::string_view api_token) {
  std::string plain(email);
  plain.append("/token:").append(api_token);
  std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return "Basic " + encoded;
}

} // namespace cxstream::connectors::zendesk
