// What the node would refuse, found before it is asked. Owned by one thread: it keeps a scratch event.
#pragma once

#include "base/time.hpp"
#include "model/validate.hpp"

#include "cxstream/v1/event.pb.h"

#include <optional>
#include <string_view>

namespace cxstream::sources {

class event_check {
public:
  explicit event_check(const model::validation_limits& limits) : limits_(limits) {
  }
  // Nothing: the node will take the event, or know it. `now` tells times that lie in the future.
  std::optional<model::rejection> operator()(std::string_view event, base::timestamp now);
  // The event that was checked last, as the node would make it; without the taxonomy's part.
  const v1::CanonicalEvent& checked() const {
    return scratch_;
  }

private:
  model::validation_limits limits_;
  v1::CanonicalEvent scratch_;
};

} // namespace cxstream::sources
