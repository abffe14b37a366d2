// Counts what the configured sources send. Implementations are thread-safe and cheap: called for every request.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/ingest.pb.h"

#include <cstdint>
#include <string_view>

namespace cxstream::ports {

// What became of one request, as its sender was told.
enum class source_outcome : std::uint8_t {
  taken,        // 200: all of it is durable, was there already, or was dropped on purpose
  quarantined,  // 202: some of it is a dead letter
  unauthorized, // 401
  limited,      // 429
  failed,       // 503
  unknown,      // 404; the source's name is empty then: anybody can make names up
  removed,      // 410
  refused,      // 422: it breaks its source's contract; it is a dead letter
};

constexpr std::string_view name_of(source_outcome outcome) {
  constexpr std::string_view names[] = {"taken",  "quarantined", "unauthorized", "limited",
                                        "failed", "unknown",     "removed",      "refused"};
  return names[static_cast<std::size_t>(outcome)];
}

class source_meter {
public:
  virtual ~source_meter() = default;
  virtual void request(std::string_view source, source_outcome outcome, std::uint64_t body_bytes) = 0;
  // A record that was refused, also one whose dead letter was not kept.
  virtual void refused(std::string_view source, v1::RejectReason reason) = 0;
  virtual void dropped(std::string_view source, std::uint64_t records) = 0;
  // Events are durable: new ones, and ones that were known.
  virtual void decided(std::string_view source, std::uint64_t accepted, std::uint64_t duplicates,
                       base::timestamp at) = 0;
};

} // namespace cxstream::ports
