// Ticket state = fold of the ticket's events (promise P9), field by field, never back to an older revision (promise
// P4). Pure.
#pragma once

#include "model/revision.hpp"

namespace cxstream::model {

// Folds one event into the state's fields. An absent field leaves the old value; `cleared` empties one; a field that a
// newer revision wrote stays as it is. The sequence and revision bookkeeping of the ticket is the caller's.
void fold_fields(v1::TicketState& state, const v1::CanonicalEvent& event, const revision& rev);

} // namespace cxstream::model
