// How warehouses name an event: by its place in the log, as one number. Pure.
#pragma once

#include "base/ids.hpp"

#include <cstdint>

namespace cxstream::connectors {

// 16 bits of partition and 47 of offset: one less than the 64 of a signed column.
constexpr unsigned event_offset_bits = 47;
constexpr base::log_offset event_offset_max{(std::uint64_t{1} << event_offset_bits) - 1};

constexpr std::int64_t event_key(base::partition_id partition, base::log_offset offset) {
  return static_cast<std::int64_t>(std::uint64_t{partition.value} << event_offset_bits | offset.value);
}

} // namespace cxstream::connectors
