// A row of ticket_current: the fold of a ticket's events "only if newer", field by field (promise P4), and how it is
// kept. The same in every warehouse. Pure.
#pragma once

#include "base/ids.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <string>

namespace cxstream::connectors {

// Folds an event that the history did not have before.
void fold_into_row(v1::TicketState& state, const v1::CanonicalEvent& event, base::log_offset offset);

// The state with the revision that wrote each field. The same state gives the same bytes, whatever the order of its
// map in memory.
std::string bytes_of(const v1::TicketState& state);

// JSON of what is set; empty when nothing is.
std::string metrics_json(const v1::TicketState& state);
std::string tags_json(const v1::TicketState& state);

} // namespace cxstream::connectors
