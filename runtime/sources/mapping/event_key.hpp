// The idempotency_key of an event that comes from a row of a file. Pure, and the same on every import of the same row,
// whatever the order of the rows.
#pragma once

#include "sources/mapping/mapping.hpp"

namespace cxstream::sources {

// The row's place among its likes, in the order of the file.
struct row_ordinals {
  std::uint32_t identical = 1; // the n-th row with this very content; always 1 where identical rows are duplicates
  std::uint32_t in_ticket = 0; // the n-th row of its ticket; 0 where the mapping does not count them
};

// In this order: the event's own key or event_id; the mapping's key columns; else source_system, ticket_id, version,
// occurred_at and the row's whole content, with "-2", "-3" … for the second and later of identical rows. 32 hex digits.
std::string event_key(const mapping& rules, const v1::CanonicalEvent& event, const row& from,
                      const row_ordinals& ordinals);

} // namespace cxstream::sources
