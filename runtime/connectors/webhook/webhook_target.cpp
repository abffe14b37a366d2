#include "connectors/webhook/webhook_target.hpp"

#include "base/hash.hpp"
#include "base/rfc3339.hpp"
#include "connectors/encoding/json_text.hpp"
#include "model/revision.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

// {"type": …, "timestamp": …, "data": <data>}
std::string standard_message(std::string_view type, std::string_view timestamp, std::string_view data) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  key(json, "type");
  text(json, type);
  key(json, "timestamp");
  text(json, timestamp);
  key(json, "data");
  json.RawValue(data.data(), data.size(), rapidjson::kObjectType);
  json.EndObject();
  return std::string(view(out));
}

void add_part(std::string& keys, std::string_view part) {
  keys.append(std::to_string(part.size())).append(":").append(part);
}

} // namespace

webhook_target::webhook_target(webhook_settings settings, event_body body)
    : settings_(std::move(settings)), body_(std::move(body)) {
}

base::result<void> webhook_target::open() {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  return {};
}

base::result<std::vector<ports::target_position>> webhook_target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<ports::delivery_outcome> webhook_target::deliver(std::span<const ports::delivery> events,
                                                             base::timestamp now) {
  outcomes out(events);
  (void)open();
  for (std::size_t i = 0; i < events.size();) {
    const auto m = gather(events, i, now, out);
    if (m.events.empty())
      break;
    i = m.events.back() + 1;
    const auto outcome = post(m, now);
    if (outcome.result == ports::delivery_result::delivered)
      continue;
    for (const auto event : m.events)
      if (!out.skips(event))
        out.set(event, outcome);
    if (outcome.result == ports::delivery_result::unreachable || outcome.result == ports::delivery_result::throttled) {
      out.set_from(i, outcome);
      break;
    }
  }
  return std::move(out).take();
}

void webhook_target::close() {
  http_.reset();
}

// The next request: events from `from` on that may be tried, as many as fit in one.
webhook_target::message webhook_target::gather(std::span<const ports::delivery> events, std::size_t from,
                                               base::timestamp now, outcomes& out) {
  message m;
  for (auto i = from; i < events.size() && m.events.size() < settings_.batch_events_max; ++i) {
    if (out.skips(i))
      continue;
    const auto end = m.data.size();
    if (!m.events.empty())
      m.data += ',';
    if (!body_.append(events[i], now, m.data)) {
      m.data.resize(end);
      out.set(i, failed(ports::delivery_result::unfit, not_an_event));
      continue;
    }
    const auto& event = body_.event();
    add_part(m.keys, event.ticket_id());
    add_part(m.keys, event.idempotency_key());
    if (settings_.batch_events_max == 1) {
      m.type = event.event_type();
      m.timestamp = base::format_rfc3339(base::from_us(model::to_us(event.occurred_at())));
    }
    m.events.push_back(i);
  }
  return m;
}

std::string webhook_target::body_of(const message& m, base::timestamp now) const {
  const bool single = settings_.batch_events_max == 1;
  if (body_.form() == envelope::cloudevents)
    return single ? m.data : "[" + m.data + "]";
  return single ? standard_message(m.type, m.timestamp, m.data)
                : standard_message("cx.batch", base::format_rfc3339(now), "[" + m.data + "]");
}

std::string_view webhook_target::content_type() const {
  if (body_.form() == envelope::cloudevents && settings_.batch_events_max > 1)
    return "application/cloudevents-batch+json";
  return body_.content_type();
}

ports::delivery_outcome webhook_target::post(const message& m, base::timestamp now) {
  const auto body = body_of(m, now);
  const auto id = "msg_" + base::to_hex(base::xxh3_128(m.keys));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto make = [&](std::span<const std::string> secrets) -> base::result<http_request> {
    http_request out{"POST", settings_.url, {{"Content-Type", std::string(content_type())}}, body};
    out.headers.emplace_back("webhook-id", id);
    out.headers.emplace_back("webhook-timestamp", std::to_string(seconds));
    if (settings_.signature.is_set()) {
      const auto signature = signer::of(secrets[0]);
      if (!signature)
        return signature.err();
      out.headers.emplace_back("webhook-signature", signature->sign(id, seconds, body));
    }
    if (settings_.authorization.is_set())
      out.headers.emplace_back("Authorization", secrets[1]);
    return out;
  };
  const std::array secrets{&settings_.signature, &settings_.authorization};
  return send_authorized(*http_, secrets, make).outcome();
}

} // namespace cxstream::connectors
