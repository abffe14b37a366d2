#include "connectors/encoding/event_body.hpp"

#include "base/rfc3339.hpp"
#include "model/revision.hpp"

namespace cxstream::connectors {

namespace {

constexpr std::string_view signal_type = "cx.ticket.signal.v1";

constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// A segment of a URI's path.
std::string segment(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("%").append(1, digits[byte >> 4u]).append(1, digits[byte & 0xfu]);
  }
  return out;
}

std::string id_of(const v1::CanonicalEvent& event) {
  return event.event_id().empty() ? event.ticket_id() + "/" + event.idempotency_key() : event.event_id();
}

} // namespace

bool event_body::append(const ports::delivery& delivery, base::timestamp delivered_at, std::string& out) {
  if (form_ == envelope::plain)
    return encoder_.append(delivery, delivered_at, out);
  data_.clear();
  if (!encoder_.append(delivery, delivered_at, data_))
    return false;
  const auto& event = encoder_.event();
  text_.Clear();
  json_writer json(text_);
  const auto member = [&](std::string_view name, std::string_view value) {
    key(json, name);
    text(json, value);
  };
  json.StartObject();
  member("specversion", "1.0");
  member("id", id_of(event));
  member("source", "/cx/" + segment(event.source_system()));
  member("type", signal_type);
  member("subject", event.ticket_id());
  member("time", base::format_rfc3339(base::from_us(model::to_us(event.occurred_at()))));
  member("datacontenttype", "application/json");
  if (!data_schema_.empty())
    member("dataschema", data_schema_);
  member("partitionkey", event.ticket_id());
  member("sequence", std::to_string(event.version()));
  member("ticketsequence", std::to_string(event.pipeline().ticket_sequence()));
  key(json, "data");
  json.RawValue(data_.data(), data_.size(), rapidjson::kObjectType);
  json.EndObject();
  out += view(text_);
  return true;
}

} // namespace cxstream::connectors
