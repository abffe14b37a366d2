// A replay: sends events of the history to a sink once more, beside what is delivered as it comes; one actor a replay,
// as long as it is not over.
#pragma once

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace cxstream::actors {

using replay_actor = caf::typed_actor<
    // To itself: something is due.
    caf::reacts_to<tick_atom>,
    // How it is doing; a serialized Replay.
    caf::replies_to<ask_counts>::with<bytes_answer>,
    // Pause, resume, cancel, change the rate; answered when that is written, with a serialized Replay.
    caf::replies_to<control_replay>::with<bytes_answer>,
    // End; goes on after the next start.
    caf::replies_to<stop_atom>::with<verdict>>;

} // namespace cxstream::actors
