// A gRPC subscriber: a target worker whose target is a connected consumer; it answers a call when the consumer does.
#pragma once

#include "actors/target_worker/interface.hpp"

namespace cxstream::actors {

using subscriber_actor = target_worker_actor::extend<
    // A stream is there; refused while another one is.
    caf::replies_to<attach_stream>::with<verdict>,
    // The stream is gone; what it did not acknowledge goes to the next one.
    caf::reacts_to<detach_stream>,
    // The consumer acknowledges or refuses events.
    caf::reacts_to<consumer_word>,
    // True in `ok` while a stream is there.
    caf::replies_to<ask_counts>::with<verdict>>;

} // namespace cxstream::actors
