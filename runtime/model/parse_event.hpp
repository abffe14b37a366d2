// From bytes to an event. Pure; thread-safe; good bytes cost one protobuf parse and nothing else.
#pragma once

#include "model/validate.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cxstream::model {

// Parses a serialized CanonicalEvent into `out`, whose memory is reused. Refuses TOO_LARGE, MALFORMED (not protobuf, or
// a nested message is not), and INVALID_UTF8, naming the field where one is at fault; `out` is then empty. The protobuf
// library reports invalid UTF-8 to its log as well: a server sets google::protobuf::SetLogHandler.
std::optional<rejection> parse_event(std::string_view bytes, v1::CanonicalEvent& out,
                                     std::size_t bytes_max = validation_limits{}.event_bytes);

} // namespace cxstream::model
