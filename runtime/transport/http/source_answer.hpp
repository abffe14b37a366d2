// What a sender is told of its payload once the node has decided. Pure; thread-safe.
#pragma once

#include "transport/http/http_message.hpp"

#include "cxstream/v1/ingest.pb.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cxstream::transport {

struct decided_counts {
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t rejected = 0; // conflicts too
};

decided_counts count(const v1::PublishResponse& answer);

// The payload breaks its source's contract: nothing of it was accepted.
bool breaks_contract(const v1::PublishResponse& answer);

// 200 {"accepted": n, "duplicate": n, "dropped": n, "rejected": [{"reason", "field_path", "message",
// "dead_letter_id"}]}, or 202 when `rejected` has entries.
http_response source_answer(const v1::PublishResponse& answer, std::size_t dropped);

// 503 with Retry-After: what was sent is not known to be durable.
http_response not_taken(std::string_view why);

} // namespace cxstream::transport
