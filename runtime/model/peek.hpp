// Reads a few fields out of a serialized event without decoding the rest. Pure.
#pragma once

#include "base/time.hpp"

#include <string_view>

namespace cxstream::model {

struct event_outline {
  std::string_view ticket_id; // points into the event; empty when there is none
  base::timestamp occurred_at{};
  base::timestamp received_at{};
};

// What is not there stays empty, or the epoch.
event_outline outline_of(std::string_view event);

} // namespace cxstream::model
