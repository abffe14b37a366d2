// What travels beside an event's body on a message bus: the mark by which a repeat is known, and headers for consumers
// that do not want to parse the body. Pure.
#pragma once

#include "cxstream/v1/event.pb.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::connectors {

// Of ticket and idempotency key and of nothing else: "cx_" and 32 hex digits.
std::string message_mark(const v1::CanonicalEvent& event);

struct header {
  std::string_view name;
  std::string value;
};

// idempotency_key, version, sequence, schema, occurred_at; in this order, empty ones left out.
std::vector<header> message_headers(const v1::CanonicalEvent& event);

} // namespace cxstream::connectors
