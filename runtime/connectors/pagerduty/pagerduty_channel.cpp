#include "connectors/pagerduty/pagerduty_channel.hpp"

#include "base/rfc3339.hpp"
#include "connectors/encoding/json_text.hpp"
#include "connectors/http/exchange_text.hpp"
#include "connectors/ops/trouble_key.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::size_t dedup_key_bytes_max = 255;
constexpr std::size_t summary_bytes_max = 1'024;

void field(json_writer& json, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  key(json, name);
  text(json, value);
}

std::string_view fact(const ops_message& m, std::string_view name) {
  const auto found = m.told.find(name);
  return found == m.told.end() ? std::string_view() : std::string_view(found->second);
}

void write_payload(json_writer& json, const ops_message& m) {
  key(json, "payload");
  json.StartObject();
  field(json, "summary", plain_line(m.title(), summary_bytes_max));
  field(json, "source", m.source.empty() ? "cxstream" : m.source);
  field(json, "severity", model::name_of(m.severity));
  field(json, "timestamp", base::format_rfc3339(m.occurred_at));
  field(json, "component", fact(m, "account_id"));
  field(json, "group", fact(m, "driver"));
  field(json, "class", fact(m, "rule"));
  key(json, "custom_details");
  json.StartObject();
  field(json, "text", m.text);
  key(json, "events");
  json.Uint64(m.events);
  for (const auto* name :
       {"ticket_id", "churn_risk", "sentiment", "was_sentiment", "canonical_tag", "priority", "status"})
    field(json, name, fact(m, name));
  json.EndObject();
  json.EndObject();
}

// "Invalid routing key", "'routing_key' is …": PagerDuty has no status of its own for it.
bool minds_the_key(std::string_view body) {
  return body.find("routing key") != body.npos || body.find("routing_key") != body.npos;
}

} // namespace

std::string pagerduty_body(const ops_message& m, std::string_view routing_key, std::string_view client) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  field(json, "routing_key", routing_key);
  field(json, "event_action", model::name_of(m.action));
  field(json, "dedup_key", trouble_key(m.trouble, dedup_key_bytes_max));
  if (m.action == model::rule_action::trigger) {
    write_payload(json, m);
    field(json, "client", client);
    key(json, "links");
    json.StartArray();
    for (const auto& [url, label] : m.links) {
      json.StartObject();
      field(json, "href", url);
      field(json, "text", label);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return std::string(view(out));
}

ports::delivery_outcome pagerduty_outcome(const http_exchange& said) {
  auto out = said.outcome();
  if (said.answer.end != call_end::answered)
    return out;
  if (said.answer.status == 403)
    out.result = ports::delivery_result::throttled;
  else if (said.answer.status == 400 && minds_the_key(said.answer.body))
    out.result = ports::delivery_result::unreachable;
  return out;
}

pagerduty_channel::pagerduty_channel(pagerduty_settings settings) : settings_(std::move(settings)) {
}

ports::delivery_outcome pagerduty_channel::say(const ops_message& message, base::timestamp) {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  const std::array secrets{&settings_.routing_key};
  return pagerduty_outcome(
      send_authorized(*http_, secrets, [&](std::span<const std::string> values) -> base::result<http_request> {
        return http_request{"POST",
                            settings_.url,
                            {{"Content-Type", "application/json"}},
                            pagerduty_body(message, values[0], settings_.client)};
      }));
}

void pagerduty_channel::close() {
  http_.reset();
}

} // namespace cxstream::connectors
