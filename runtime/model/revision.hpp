// Order of the events of one ticket (promise P4): occurred_at, then version, then place in the log. Plain values.
#pragma once

#include "base/ids.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <compare>
#include <cstdint>

namespace cxstream::model {

struct revision {
  std::int64_t occurred_at_us = 0; // microseconds since 1970 UTC
  std::uint64_t version = 0;
  std::uint64_t offset = 0;

  auto operator<=>(const revision&) const = default;
};

inline std::int64_t to_us(const google::protobuf::Timestamp& t) {
  return t.seconds() * 1'000'000 + t.nanos() / 1'000;
}

inline void set_us(google::protobuf::Timestamp& t, std::int64_t us) {
  auto seconds = us / 1'000'000;
  auto rest = us % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  t.set_seconds(seconds);
  t.set_nanos(static_cast<std::int32_t>(rest * 1'000));
}

inline revision revision_of(const v1::CanonicalEvent& event, base::log_offset offset) {
  return {to_us(event.occurred_at()), event.version(), offset.value};
}

inline revision from_proto(const v1::Revision& r) {
  return {r.occurred_at_us(), r.version(), r.offset()};
}

inline void to_proto(const revision& r, v1::Revision& out) {
  out.set_occurred_at_us(r.occurred_at_us);
  out.set_version(r.version);
  out.set_offset(r.offset);
}

} // namespace cxstream::model
