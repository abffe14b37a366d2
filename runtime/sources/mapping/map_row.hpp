// A row and a mapping make an event. Pure.
#pragma once

#include "sources/mapping/event_key.hpp"

#include "cxstream/v1/ingest.pb.h"

namespace cxstream::sources {

// Why a row makes no event.
struct row_reject {
  v1::RejectReason reason = v1::MALFORMED;
  std::string field_path;
  std::string message;
};

// Fills `event`, without its idempotency_key. Refused is only what has no place in an event: a number or a time that is
// none, JSON that is not an event. Whether the event is valid, and what a field that is missing means, the node says.
// Precondition: !from.bad; for canonical rows, from.raw is the event as JSON with the contract's field names.
std::optional<row_reject> map_row(const mapping& rules, const row& from, v1::CanonicalEvent& event);

} // namespace cxstream::sources
