// CloudEvents 1.0 over HTTP: an envelope out of headers (binary mode) or of JSON (structured and batch mode), and the
// canonical event that it comes to. Pure; thread-safe.
//
// `data` holds fields of the canonical event; what it lacks the envelope gives: id → event_id, subject (or
// partitionkey) → ticket_id, time → occurred_at, source → source_system ("/cx/zendesk" → "zendesk", any other as it
// is), type → event_type ("cx.ticket.signal.v1" → "ticket.signal", any other as it is), sequence → version, source and
// id → idempotency_key.
#pragma once

#include "ports/payload.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cxstream::transport {

struct cloud_event {
  std::string id{};
  std::string source{};
  std::string type{};
  std::string subject{};
  std::string time{};
  std::string partition_key{};
  std::string sequence{};
  std::string data_type{}; // datacontenttype; empty: JSON
  std::optional<std::string> data{};
};

using read_cloud_event = std::variant<cloud_event, ports::payload_refusal>;

// True when the request is an event in binary mode.
bool is_binary_cloud_event(const ports::payload& from);
// Attributes from ce- headers, percent-decoded; the body is the data.
read_cloud_event cloud_event_of_headers(const ports::payload& from);
// `json` is valid JSON.
read_cloud_event cloud_event_of_json(std::string_view json);

// The serialized CanonicalEvent. Refusals have no record yet.
std::variant<std::string, ports::payload_refusal> canonical_event(const cloud_event& from);

// Why an event is none.
ports::payload_refusal broken_cloud_event(std::string_view field, std::string message);

// "Application/JSON; charset=utf-8" → "application/json".
std::string media_type(std::string_view content_type);

} // namespace cxstream::transport
