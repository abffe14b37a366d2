// A sink in one partition: reads the history at its own pace and has it delivered, ticket by ticket in order.
#pragma once

#include "actors/courier/interface.hpp"
#include "actors/partition/interface.hpp"

namespace cxstream::actors {

using sink_actor = courier_client::extend<
    // Events of the history.
    caf::reacts_to<history_supply>,
    // Pause or go on.
    caf::reacts_to<pause_delivery>,
    // Move the cursor.
    caf::replies_to<seek_delivery>::with<verdict>,
    // Try a dead letter again.
    caf::replies_to<requeue_delivery>::with<verdict>,
    // Give a dead letter up.
    caf::replies_to<discard_delivery>::with<verdict>,
    // Replace what a dead letter holds.
    caf::replies_to<edit_delivery>::with<verdict>,
    // Send events of the history once more.
    caf::replies_to<replay_events>::with<replay_answer>,
    // Counts of this moment, serialized DeliveryCounts.
    caf::replies_to<ask_counts>::with<bytes_answer>,
    // To itself: something is due.
    caf::reacts_to<tick_atom>,
    // To itself: tell the courier how far behind we are.
    caf::reacts_to<mend_atom>,
    // End; answered when done. What is in flight is delivered again after the next start.
    caf::replies_to<stop_atom>::with<verdict>>;

} // namespace cxstream::actors
