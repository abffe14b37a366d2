// The questions of the census, in SQL: warehouse/row_text.hpp told by the server, so that only hashes travel.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::connectors::postgres {

// Rows (ticket_id, ticket_sequence, last occurrence in microseconds since 1970, digest) of the tickets that the
// condition picks; "t" is ticket_current, its parameters are the caller's.
std::string ticket_rows_sql(std::string_view condition);
// The same of facts whose ticket is not there, each as a ticket "event <event_key>"; "f" is fact_ticket_event.
std::string stray_rows_sql(std::string_view condition);
// Over rows of both: (bucket, rows, digest), for a width in seconds that is $1.
std::string summary_sql();

} // namespace cxstream::connectors::postgres
