// The census of a warehouse in PostgreSQL. Reads over the connection it is given; mends through the loader, so that
// what the sink keeps in memory stays true. Owned by the target; throws `failure`.
#pragma once

#include "connectors/postgres/load.hpp"
#include "connectors/warehouse/expected_ticket.hpp"
#include "ports/census.hpp"

namespace cxstream::connectors::postgres {

// What PostgreSQL does not hold; see fitting.hpp.
const warehouse_shape& shape();

std::vector<ports::bucket_summary> summarise(connection& db, std::chrono::seconds width);
std::vector<ports::census_row> rows_between(connection& db, base::timestamp from, base::timestamp to);
std::vector<ports::census_row> rows_of(connection& db, std::span<const std::string> ticket_ids);
// In the open transaction: takes away all that is there of a ticket or at the places of these events.
void take_away(connection& db, const std::string& ticket_id, const std::vector<std::int64_t>& event_keys);

} // namespace cxstream::connectors::postgres
