// The rows of the warehouse as a census sees them. Throws sqlite_failure.
#pragma once

#include "connectors/sqlite/database.hpp"
#include "ports/census.hpp"

#include <functional>
#include <string_view>

namespace cxstream::connectors {

using row_taker = std::function<void(ports::census_row)>;

// Every ticket that the condition picks ("t" is ticket_current), in order of its key. `bind` fills the parameters,
// which are met twice: from 1 on.
void visit_tickets(database& db, std::string_view condition, const std::function<void(statement&)>& bind,
                   const row_taker& take);
// Facts whose ticket is not there, each as a ticket "event <event_key>"; "f" is fact_ticket_event.
void visit_strays(database& db, std::string_view condition, const std::function<void(statement&)>& bind,
                  const row_taker& take);

} // namespace cxstream::connectors
