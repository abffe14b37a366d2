// The sinks of a node as a table, for `sink list` and `stats`. Pure.
#pragma once

#include "terminal/table.hpp"

#include "cxstream/v1/admin.pb.h"

namespace cxstream::cli {

terminal::table sink_table(const v1::ListSinksResponse& sinks);

// running, paused, no subscriber, target down …
std::string sink_state(const v1::SinkStatus& sink);

} // namespace cxstream::cli
