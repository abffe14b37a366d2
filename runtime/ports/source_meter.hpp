// Counts what the configured sources send. Implementations are thread-safe and cheap: called for every request.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::ports {

// What became of one request, as its source was told.
enum class request_outcome : std::uint8_t {
  taken,        // everything in it is durable, known, left out on purpose or a dead letter (2xx)
  unverified,   // 401
  throttled,    // 429: over the source's rate
  unavailable,  // 503: the node could not take it
  unacceptable, // other 4xx: nothing of it could be kept
};

struct request_account {
  request_outcome outcome = request_outcome::taken;
  std::uint64_t bytes = 0; // of the body
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t dropped = 0;
};

class source_meter {
public:
  virtual ~source_meter() = default;
  virtual void request(std::string_view source, const request_account& account, base::timestamp at) = 0;
  // A dead letter, by the name of its RejectReason.
  virtual void refused(std::string_view source, const std::string& reason, std::uint64_t records) = 0;
};

} // namespace cxstream::ports
