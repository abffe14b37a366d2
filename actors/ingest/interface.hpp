// Ingest: one client stream. Decodes, canonicalises, validates and routes its events, and owes it one answer a batch.
#pragma once

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace cxstream::actors {

using ingest_actor = caf::typed_actor<
    // A batch of the stream; the answer goes to the stream's listener.
    caf::reacts_to<submit_batch>,
    // To itself: what was gathered goes to its partitions.
    caf::reacts_to<route_atom>,
    // To itself: is an answer overdue?
    caf::reacts_to<tick_atom>,
    // The stream is gone: answers still owed are dropped.
    caf::reacts_to<stop_atom>>;

} // namespace cxstream::actors
