// A partition: the order of its appends, its tickets and its history.
#pragma once

#include "actors/log_writer/interface.hpp"

namespace cxstream::actors {

// Whoever reads the history of a partition.
using history_reader = caf::typed_actor<caf::reacts_to<history_supply>>;

using partition_actor = log_writer_client::extend<
    // Events to commit; answered when they are durable and decided.
    caf::replies_to<append_events>::with<append_answer>,
    // A sink wants what comes at or after an offset; answered by history_supply messages to the sender, one a demand.
    caf::reacts_to<history_demand>,
    // State of a ticket.
    caf::replies_to<ask_ticket>::with<bytes_answer>,
    // States of several tickets.
    caf::replies_to<ask_tickets>::with<states_answer>,
    // Places of a ticket's history.
    caf::replies_to<ask_ticket_offsets>::with<offsets_answer>,
    // Totals of the partition.
    caf::replies_to<ask_totals>::with<bytes_answer>,
    // To itself: time for a checkpoint.
    caf::reacts_to<tick_atom>,
    // Checkpoint and end; answered when done.
    caf::replies_to<stop_atom>::with<verdict>>;

} // namespace cxstream::actors
