// What the sender of POST /v1/events is told once the node has decided. Pure; thread-safe.
#pragma once

#include "transport/http/http_message.hpp"

#include "cxstream/v1/ingest.pb.h"

#include <cstdint>
#include <vector>

namespace cxstream::transport {

enum class record_kind : std::uint8_t { event, refusal };

// 200, or 202 when some were refused: counts, and one result a record, in the order of `kinds`. The node answers the
// events first and then the refusals.
http_response events_answer(const v1::PublishResponse& answer, const std::vector<record_kind>& kinds);

// 400, with the id of the dead letter that keeps the body.
http_response unreadable_answer(const v1::PublishResponse& answer);

} // namespace cxstream::transport
