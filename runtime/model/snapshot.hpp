// Snapshots: a ticket stated whole, as a vendor's API shows it, beside the single events that its webhooks send. Pure.
//
// The two have different idempotency keys, because they are different statements: a webhook's event says what happened
// once, a snapshot says how the ticket stands. So a snapshot can't be recognised as a repeat by its key; it is compared
// with what the ticket knows instead, and only what tells something new becomes an event of the history.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

namespace cxstream::model {

// Whether a canonical event tells the ticket anything that it does not know at the event's revision or a newer one: it
// is newer than everything that the ticket has seen, or one of its fields would change what the ticket holds. A field
// that a newer revision wrote is known, whatever it says.
bool adds_to(const v1::TicketState& state, const v1::CanonicalEvent& snapshot);

// Vendors tell times in whole seconds. A snapshot that was taken after its second was over holds all that happened
// within that second, also what came after a webhook's event of the same second. True: it says something else than the
// ticket holds of that second; it was moved to the second's last microsecond, so that it counts. False: it is as it
// was. Precondition: the snapshot was taken after its second.
bool moved_to_end_of_second(const v1::TicketState& state, v1::CanonicalEvent& snapshot);

} // namespace cxstream::model
