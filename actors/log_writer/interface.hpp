// The log writer: makes what all partitions of a node append durable, in groups, with one sync of the WAL a group.
#pragma once

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace cxstream::actors {

// Whoever appends to the log.
using log_writer_client = caf::typed_actor<
    // What became of an append.
    caf::reacts_to<log_appended>,
    // The disk works again after a failure: what is in the store is the truth, read it anew.
    caf::reacts_to<store_mended>>;

using log_writer_actor = caf::typed_actor<
    // A partition's batch; answered by a log_appended message to the sender.
    caf::reacts_to<log_append>,
    // Dead letters; answered when they are durable.
    caf::replies_to<keep_dead_letters>::with<verdict>,
    // To itself: commit what has gathered.
    caf::reacts_to<commit_atom>,
    // Somebody's write failed; and to itself: try the disk again.
    caf::reacts_to<mend_atom>,
    // Commit what has gathered and end; answered when done.
    caf::replies_to<stop_atom>::with<verdict>>;

} // namespace cxstream::actors
