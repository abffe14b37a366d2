#include "connectors/opsgenie/opsgenie_channel.hpp"

#include "connectors/encoding/json_text.hpp"
#include "connectors/http/exchange_text.hpp"
#include "connectors/ops/trouble_key.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::size_t message_bytes_max = 130;
constexpr std::size_t alias_bytes_max = 512;
constexpr std::size_t description_bytes_max = 15'000;

// info → P5 … critical → P1
std::string_view priority_of(model::severity s) {
  constexpr std::array<std::string_view, 4> priorities{"P5", "P3", "P2", "P1"};
  return priorities.at(static_cast<std::size_t>(s));
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')
      out += c;
    else
      out.append({'%', digits[byte >> 4u], digits[byte & 15u]});
  }
  return out;
}

void field(json_writer& json, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  key(json, name);
  text(json, value);
}

void write_responders(json_writer& json, std::string_view teams) {
  if (teams.empty())
    return;
  key(json, "responders");
  json.StartArray();
  while (!teams.empty()) {
    const auto end = std::min(teams.find(','), teams.size());
    const auto begin = std::min(teams.find_first_not_of(' '), end);
    if (begin < end) {
      json.StartObject();
      field(json, "type", "team");
      field(json, "name", teams.substr(begin, end - begin));
      json.EndObject();
    }
    teams.remove_prefix(std::min(end + 1, teams.size()));
  }
  json.EndArray();
}

std::string alert_body(const ops_message& m, const opsgenie_settings& settings) {
  auto description = m.text;
  for (const auto& [url, label] : m.links)
    description.append("\n").append(label).append(": ").append(url);
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  field(json, "message", plain_line(m.title(), message_bytes_max));
  field(json, "alias", trouble_key(m.trouble, alias_bytes_max));
  field(json, "description", plain_lines(description, description_bytes_max));
  field(json, "priority", priority_of(m.severity));
  field(json, "source", m.source);
  write_responders(json, settings.responders);
  key(json, "details");
  json.StartObject();
  for (const auto* name :
       {"rule", "ticket_id", "account_id", "driver", "canonical_tag", "churn_risk", "sentiment", "count"})
    if (const auto found = m.told.find(name); found != m.told.end())
      field(json, name, found->second);
  json.EndObject();
  json.EndObject();
  return std::string(view(out));
}

std::string close_body(const ops_message& m) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  field(json, "source", m.source);
  field(json, "note", plain_lines(m.text, description_bytes_max));
  json.EndObject();
  return std::string(view(out));
}

} // namespace

http_request opsgenie_request(const ops_message& m, const opsgenie_settings& settings, std::string_view api_key) {
  http_request out;
  out.headers = {{"Content-Type", "application/json"}, {"Authorization", "GenieKey " + std::string(api_key)}};
  if (m.action == model::rule_action::trigger) {
    out.url = settings.url + "/v2/alerts";
    out.body = alert_body(m, settings);
    return out;
  }
  out.url = settings.url + "/v2/alerts/" + percent_encoded(trouble_key(m.trouble, alias_bytes_max)) +
            "/close?identifierType=alias";
  out.body = close_body(m);
  return out;
}

ports::delivery_outcome opsgenie_outcome(const http_exchange& said) {
  auto out = said.outcome();
  if (said.answer.end == call_end::answered && (said.answer.status == 401 || said.answer.status == 403))
    out.result = ports::delivery_result::unreachable;
  return out;
}

opsgenie_channel::opsgenie_channel(opsgenie_settings settings) : settings_(std::move(settings)) {
}

ports::delivery_outcome opsgenie_channel::say(const ops_message& message, base::timestamp) {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  const std::array secrets{&settings_.api_key};
  return opsgenie_outcome(
      send_authorized(*http_, secrets, [&](std::span<const std::string> values) -> base::result<http_request> {
        return opsgenie_request(message, settings_, values[0]);
      }));
}

void opsgenie_channel::close() {
  http_.reset();
}

} // namespace cxstream::connectors
