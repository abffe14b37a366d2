// Keys of sinks' service levels in the store's meta family; ports/keys.hpp says how keys are made.
#pragma once

#include "ports/keys.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::ports::keys {

// When the sink began to be measured.
inline std::string sla_record(std::string_view sink) {
  return "sla/" + std::string(sink);
}

// Its counts by hour since 1970; no name of a sink has a colon.
inline std::string sla_hour_prefix(std::string_view sink) {
  return "sla_hour/" + std::string(sink) + ":";
}

inline std::string sla_hour(std::string_view sink, std::int64_t hour) {
  auto out = sla_hour_prefix(sink);
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((static_cast<std::uint64_t>(hour) >> shift) & 0xff));
  return out;
}

// Of a key made by sla_hour().
inline std::int64_t sla_hour_of(std::string_view key) {
  std::uint64_t out = 0;
  for (const unsigned char byte : key.substr(key.size() - 8))
    out = out << 8 | byte;
  return static_cast<std::int64_t>(out);
}

} // namespace cxstream::ports::keys
