// How much of a stream may be under way.
#pragma once

#include <cstdint>

namespace cxstream::base {

// Events that a stream may have unanswered, and a client sends ahead, unless told otherwise (docs/adr/0018).
constexpr std::uint32_t credit_events_default = 32'768;

} // namespace cxstream::base
