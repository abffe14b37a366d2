// Counts what the pollers of the configured sources read. Implementations are thread-safe.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/admin.pb.h"

#include <cstdint>
#include <string_view>

namespace cxstream::ports {

class poll_meter {
public:
  virtual ~poll_meter() = default;
  // A page is durable: its records, those that told nothing new, and those that filled a gap.
  virtual void polled(std::string_view source, std::uint64_t records, std::uint64_t known, std::uint64_t filled_in) = 0;
  // `why` is empty unless it fails.
  virtual void poll_state(std::string_view source, v1::PollState state, std::string_view why) = 0;
  virtual void poll_answered(std::string_view source, base::timestamp at) = 0;
};

} // namespace cxstream::ports
