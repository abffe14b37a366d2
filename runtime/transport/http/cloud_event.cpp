#include "transport/http/cloud_event.hpp"

#include "base/hash.hpp"
#include "base/rfc3339.hpp"
#include "transport/http/event_json.hpp"
#include "transport/http/json_elements.hpp"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>

namespace cxstream::transport {
namespace {

using ports::payload_refusal;

constexpr std::string_view own_sources = "/cx/";
constexpr std::string_view own_types = "cx.";
constexpr std::size_t key_bytes_max = 256; // the contract's

bool is_json_type(std::string_view content_type) {
  const auto type = media_type(content_type);
  return type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
}

std::string system_of(std::string_view source) {
  const auto name = source.starts_with(own_sources) ? source.substr(own_sources.size()) : std::string_view{};
  return std::string(name.empty() || name.find('/') != std::string_view::npos ? source : name);
}

std::string event_type_of(std::string_view type) {
  const auto version = type.rfind(".v");
  if (!type.starts_with(own_types) || version == std::string_view::npos || version <= own_types.size())
    return std::string(type);
  const auto number = type.substr(version + 2);
  const bool is_number =
      !number.empty() && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  return std::string(is_number ? type.substr(own_types.size(), version - own_types.size()) : type);
}

// A source holds no space (it is a URI reference), so the first space tells the two apart.
std::string key_of(const cloud_event& from) {
  auto key = from.source + " " + from.id;
  return key.size() <= key_bytes_max ? key : "cloudevent " + base::to_hex(base::xxh3_128(key));
}

std::optional<payload_refusal> fill(const cloud_event& from, v1::CanonicalEvent& event) {
  if (event.event_id().empty())
    event.set_event_id(from.id);
  if (event.ticket_id().empty())
    event.set_ticket_id(from.subject.empty() ? from.partition_key : from.subject);
  if (event.source_system().empty())
    event.set_source_system(system_of(from.source));
  if (event.event_type().empty())
    event.set_event_type(event_type_of(from.type));
  if (event.idempotency_key().empty())
    event.set_idempotency_key(key_of(from));
  if (!event.has_occurred_at() && !from.time.empty()) {
    const auto time = base::parse_rfc3339(from.time);
    if (!time)
      return payload_refusal{v1::INVALID_TIME, "time", "'" + from.time + "' is no RFC 3339 time", ""};
    *event.mutable_occurred_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(base::to_us(*time));
  }
  if (event.version() == 0 && !from.sequence.empty()) {
    std::uint64_t version = 0;
    const char* end = from.sequence.data() + from.sequence.size();
    const auto [stop, error] = std::from_chars(from.sequence.data(), end, version);
    if (error != std::errc() || stop != end)
      return payload_refusal{v1::OUT_OF_RANGE, "sequence",
                             "'" + from.sequence + "' is no whole number: version can't be made of it", ""};
    event.set_version(version);
  }
  return std::nullopt;
}

} // namespace

payload_refusal broken_cloud_event(std::string_view field, std::string message) {
  return {v1::BROKEN_CONTRACT, std::string(field), std::move(message), ""};
}

std::string media_type(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (!content_type.empty() && content_type.back() == ' ')
    content_type.remove_suffix(1);
  std::string low(content_type);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return low;
}

std::variant<std::string, payload_refusal> canonical_event(const cloud_event& from) {
  v1::CanonicalEvent event;
  if (from.data && !from.data->empty()) {
    if (!is_json_type(from.data_type))
      return broken_cloud_event("data", "data is " + from.data_type +
                                            ": what is read here is a JSON object with fields of the canonical event");
    if (const auto json = check_json(*from.data); !json)
      return payload_refusal{v1::BAD_FORMAT, "data", "data is " + json.err().message, ""};
    auto read = event_of_json(*from.data);
    if (auto* refused = std::get_if<payload_refusal>(&read)) {
      refused->field_path = "data";
      return std::move(*refused);
    }
    event = std::move(std::get<v1::CanonicalEvent>(read));
  }
  if (auto refused = fill(from, event))
    return std::move(*refused);
  return event.SerializeAsString();
}

} // namespace cxstream::transport
