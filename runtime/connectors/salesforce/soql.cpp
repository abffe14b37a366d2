#include "connectors/salesforce/soql.hpp"

#include "base/rfc3339.hpp"
#include "connectors/encoding/json_text.hpp"
#include "connectors/encoding/percent.hpp"

#include <algorithm>
#include <rapidjson/document.h>

namespace cxstream::connectors::salesforce {

namespace {

std::string selected(const shape& of, std::span<const std::string> names) {
  std::string out = "SELECT Id";
  if (!of.by_record_id())
    out.append(", ").append(of.external_id);
  for (const auto& name : names)
    if (name != of.external_id && name != "Id")
      out.append(", ").append(name);
  return out.append(" FROM ").append(of.object);
}

std::string text_of_json(const rapidjson::Value& value) {
  if (value.IsString())
    return {value.GetString(), value.GetStringLength()};
  json_buffer out;
  json_writer json(out);
  value.Accept(json);
  return std::string(view(out));
}

// Fields of a parent are an object of their own: {"Account": {"cx_account_id__c": "acme"}}.
void add_values(const rapidjson::Value& object, const std::string& prefix, found_record& out) {
  for (const auto& member : object.GetObject()) {
    const std::string name = prefix + member.name.GetString();
    if (member.value.IsNull() || name == "attributes" || name.ends_with(".attributes"))
      continue;
    if (member.value.IsObject())
      add_values(member.value, name + ".", out);
    else
      out.values[name] = text_of_json(member.value);
  }
}

} // namespace

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
  return out += '\'';
}

std::string select_all(const shape& of, std::span<const std::string> names) {
  return selected(of, names).append(" WHERE ").append(of.external_id).append(" != null");
}

std::string select_between(const shape& of, std::span<const std::string> names, std::string_view time_name,
                           base::timestamp from, base::timestamp to) {
  return select_all(of, names)
      .append(" AND ")
      .append(time_name)
      .append(" >= ")
      .append(base::format_rfc3339(from))
      .append(" AND ")
      .append(time_name)
      .append(" < ")
      .append(base::format_rfc3339(to));
}

std::string select_by_key(const shape& of, std::span<const std::string> names, std::span<const std::string> keys) {
  std::string list;
  for (const auto& key : keys)
    list.append(list.empty() ? "" : ", ").append(literal(key));
  return selected(of, names).append(" WHERE ").append(of.external_id).append(" IN (").append(list).append(")");
}

http_request query_request(const session& at, const shape& of, std::string_view soql) {
  http_request out;
  out.method = "GET";
  out.url = data_url(at, of, "/query?q=" + percent_encoded(soql));
  out.headers = headers_of(at);
  return out;
}

http_request next_page_request(const session& at, std::string_view next) {
  http_request out;
  out.method = "GET";
  out.url = at.instance_url + std::string(next);
  out.headers = headers_of(at);
  return out;
}

http_request delete_request(const session& at, const shape& of, std::string_view record_id) {
  http_request out;
  out.method = "DELETE";
  out.url = data_url(at, of, "/sobjects/" + of.object + "/" + percent_encoded(record_id));
  out.headers = headers_of(at);
  return out;
}

base::result<query_page> read_query(const http_answer& answer, const shape& of, const secret_mask& mask) {
  rapidjson::Document body;
  if (answer.end != call_end::answered || answer.status != 200 || answer.body_cut ||
      body.Parse(answer.body.data(), answer.body.size()).HasParseError() || !body.IsObject() ||
      !body.HasMember("records") || !body["records"].IsArray())
    return base::error{base::error_code::unavailable, "the query failed: " + reason_of(answer, mask)};
  query_page out;
  for (const auto& record : body["records"].GetArray()) {
    if (!record.IsObject())
      continue;
    auto& found = out.records.emplace_back();
    add_values(record, "", found);
    found.key = found.values[of.external_id];
  }
  if (const auto next = body.FindMember("nextRecordsUrl"); next != body.MemberEnd() && next->value.IsString())
    out.next = next->value.GetString();
  if (!out.next.empty() && !out.next.starts_with('/'))
    return base::error{base::error_code::unavailable, "the query failed: its next page is nowhere"};
  return out;
}

} // namespace cxstream::connectors::salesforce
