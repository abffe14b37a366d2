// What an operator may change in an event that a sink gave up. Pure.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/admin.pb.h"

#include <string>

namespace cxstream::protocols {

// Puts an edited event into a letter of stage DELIVERY, for its sink alone: the history keeps the event as it is. The
// event keeps its place: ticket, key, occurred_at, version and what the pipeline added are the history's, so that
// targets guard and recognise it as before; an edit that says otherwise is refused. Errors: invalid_argument,
// failed_precondition.
base::result<void> edit_delivery(v1::DeadLetter& letter, const std::string& edited_event);

} // namespace cxstream::protocols
