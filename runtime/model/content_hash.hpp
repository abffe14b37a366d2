// What identifies an event and where it belongs: numbers that are stored and therefore never change. Pure; thread-safe.
#pragma once

#include "base/hash.hpp"
#include "base/ids.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>
#include <string_view>

namespace cxstream::model {

// XXH3-64 of the event as its source sent it: call it before canonicalise(). `pipeline` does not count, and neither
// does the order in which fields or map entries came. Tells a repeat (same key, same hash) from a conflict (same key,
// other hash).
std::uint64_t content_hash(const v1::CanonicalEvent& event);

// XXH3-128 of an idempotency_key.
base::hash128 key_hash(std::string_view idempotency_key) noexcept;

// The partition that owns a ticket: XXH3-64 of the canonical ticket_id modulo the number. Precondition: partitions > 0.
base::partition_id partition_of(std::string_view ticket_id, std::uint16_t partitions) noexcept;

} // namespace cxstream::model
