// Points in time, as cxstream keeps them: microseconds since 1970-01-01 UTC. Plain values.
#pragma once

#include <chrono>
#include <cstdint>

namespace cxstream::base {

using duration = std::chrono::microseconds;
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

constexpr timestamp from_us(std::int64_t us) {
  return timestamp{duration{us}};
}

constexpr std::int64_t to_us(timestamp t) {
  return t.time_since_epoch().count();
}

} // namespace cxstream::base
