// A target worker: the one that calls a target. Blocking connectors get a thread each; a gRPC subscriber answers when
// its consumer acknowledges.
#pragma once

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace cxstream::actors {

// Whoever gives calls to a worker.
using target_worker_client = caf::typed_actor<
    // The target is open.
    caf::reacts_to<target_opened>,
    // Outcomes of a call.
    caf::reacts_to<target_answer>>;

using target_worker_actor = caf::typed_actor<
    // One call; answered by a target_answer to the sender.
    caf::reacts_to<target_call>,
    // Open the target and say target_opened to the sender; to itself: try again.
    caf::reacts_to<tick_atom>,
    // Close the target and end; answered when done.
    caf::replies_to<stop_atom>::with<verdict>>;

// The worker of a connector can also mend its target.
using connector_worker_actor = target_worker_actor::extend<
    // One ticket of the target to mend.
    caf::replies_to<mend_ticket>::with<mend_answer>>;

} // namespace cxstream::actors
