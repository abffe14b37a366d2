// Events that cxstream makes itself, such as findings about what it delivers: they go the same way in as all others.
// Thread-safe.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/event.pb.h"

namespace cxstream::ports {

class own_events {
public:
  virtual ~own_events() = default;
  // The event is durable, or was before. Blocks, no longer than a few seconds. Errors: unavailable, timeout;
  // invalid_argument when the node refuses it.
  virtual base::result<void> publish(const v1::CanonicalEvent& event) = 0;
};

} // namespace cxstream::ports
