// What a sink that wants state is sent: one of a ticket's events, saying what the ticket is like now. Pure.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

namespace cxstream::model {

// Gives the event every field of the ticket's state, what was cleared in `cleared`, and the state's place: occurred_at
// and version of the newest revision, ticket_sequence of the last event; it is not late then. So what is sent of a
// ticket never goes back, neither in a field nor in its place, whichever event it is sent for. Type, ids, source, key
// and the other pipeline fields stay the event's own. Precondition: the event is of this ticket and folded into the
// state.
void carry_state(v1::CanonicalEvent& event, const v1::TicketState& state);

} // namespace cxstream::model
