// What the gRPC library itself has to say, as lines of the node's log.
#pragma once

#include "ports/log.hpp"

namespace cxstream::transport {

// For the whole process, from now until called again with another log. The log must live that long; null: nobody
// listens.
void route_grpc_log(ports::log* to);

} // namespace cxstream::transport
