// Between a target's outcomes and the messages that carry them.
#pragma once

#include "actors/messages.hpp"
#include "protocols/sink_lanes_types.hpp"

namespace cxstream::actors {

inline settled to_message(std::uint32_t position, ports::delivery_outcome outcome) {
  return {position, outcome.result, std::move(outcome.reason), outcome.retry_after ? outcome.retry_after->count() : -1,
          std::move(outcome.exchange)};
}

inline ports::delivery_outcome to_outcome(settled&& s) {
  ports::delivery_outcome out{s.result, std::move(s.reason), std::nullopt, std::move(s.exchange)};
  if (s.retry_after_ms >= 0)
    out.retry_after = std::chrono::milliseconds{s.retry_after_ms};
  return out;
}

} // namespace cxstream::actors
