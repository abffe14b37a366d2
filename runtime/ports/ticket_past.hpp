// What a ticket was like before one of its events, for targets that tell people what changed. Thread-safe.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"

#include "cxstream/v1/ticket.pb.h"

#include <string>

namespace cxstream::ports {

class ticket_past {
public:
  virtual ~ticket_past() = default;
  // The fold of the ticket's events before this one, in the order of its history. Blocks, no longer than a few seconds.
  // Errors: unavailable, timeout, not_found.
  virtual base::result<v1::TicketState> before(const std::string& ticket_id, base::ticket_sequence sequence) = 0;
};

} // namespace cxstream::ports
