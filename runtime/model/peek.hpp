// Reads single fields out of a serialized event without decoding the rest. Pure.
#pragma once

#include "base/time.hpp"

#include <string>
#include <string_view>

namespace cxstream::model {

// ticket_id; empty when there is none.
std::string peek_ticket_id(std::string_view event);

struct event_times {
  base::timestamp occurred_at{};
  base::timestamp received_at{};
  base::timestamp committed_at{};
};
// Times of a canonical event; the epoch for those that are not there.
event_times peek_times(std::string_view event);

} // namespace cxstream::model
