// event_document: the body of POST /v1/events as canonical events. Pure; thread-safe.
#pragma once

#include "ports/payload.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cxstream::transport {

enum class event_form : std::uint8_t {
  json,             // application/json: one event, or an array of them
  lines,            // application/x-ndjson: one a line
  cloud_binary,     // ce- headers, the body is the data
  cloud_structured, // application/cloudevents+json
  cloud_batch,      // application/cloudevents-batch+json
  unknown,
};

event_form form_of(const ports::payload& from);

// In the body's order: a serialized CanonicalEvent, or why there is none, with the bytes of the record.
using event_record = std::variant<std::string, ports::payload_refusal>;

struct read_events {
  std::vector<event_record> records;
  bool unreadable = false; // of what came not even one record could be told; `records` holds one refusal then
  bool too_many = false;   // more than records_max; `records` is empty then
};

// A broken array is refused whole: what of it went through would be taken twice when it is sent again.
read_events read_event_document(event_form form, const ports::payload& from, std::size_t records_max);

} // namespace cxstream::transport
