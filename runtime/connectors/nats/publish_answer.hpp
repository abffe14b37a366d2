// What JetStream answers to a published event, and what that means for it. Pure.
#pragma once

#include "ports/target.hpp"

#include <string>
#include <string_view>

namespace cxstream::connectors {

// `body`: the answer's JSON, {"stream": …, "seq": …, "duplicate": …} or {"error": {"code": …, "err_code": …, …}}.
// delivered: stored, or stored before. throttled: the stream is full, or the server short of room. unreachable: no such
// stream, JetStream is off or has no leader: about the target, not about the event. permanent: the stream refuses a
// message as large as this. transient: what is not known.
ports::delivery_outcome outcome_of_publish(std::string_view body);

} // namespace cxstream::connectors
