// The courier: one a sink and node. Between the sink's partitions and the target's workers: queue, circuit breaker,
// pauses.
#pragma once

#include "actors/target_worker/interface.hpp"

namespace cxstream::actors {

// Whoever has events delivered.
using courier_client = caf::typed_actor<
    // The target is there.
    caf::reacts_to<begin_delivery>,
    // Outcomes.
    caf::reacts_to<delivery_answer>>;

using courier_actor = target_worker_client::extend<
    // A partition of the sink.
    caf::reacts_to<join_courier>,
    // Events to deliver.
    caf::reacts_to<delivery_request>,
    // How far behind a partition is.
    caf::reacts_to<sink_lag>,
    // One ticket of the target to mend: done by a worker, while no event of the ticket is with the target.
    caf::replies_to<mend_ticket>::with<mend_answer>,
    // A serialized SinkStatus of what the courier knows.
    caf::replies_to<ask_counts>::with<bytes_answer>,
    // To itself: something is due.
    caf::reacts_to<tick_atom>,
    // End the workers, then itself; answered when done.
    caf::replies_to<stop_atom>::with<verdict>>;

} // namespace cxstream::actors
