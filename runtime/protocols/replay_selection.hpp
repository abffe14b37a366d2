// Which events of the history a replay sends. Pure.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/replay.pb.h"

namespace cxstream::protocols {

// Error: invalid_argument, when it names no sink or a time span that is empty.
base::result<void> check(const v1::ReplaySelection& selection);
// Whether an event, with what the pipeline knows of it, meets every condition.
bool selected(const v1::ReplaySelection& selection, const v1::CanonicalEvent& event);

} // namespace cxstream::protocols
