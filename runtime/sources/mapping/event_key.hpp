// The idempotency_key of an event that a mapping makes. Pure, and the same on every reading of the same record,
// whatever the order of the records.
#pragma once

#include "sources/mapping/mapping.hpp"

namespace cxstream::sources {

// The record's place among its likes, in the order of the file.
struct row_ordinals {
  std::uint32_t identical = 1; // the n-th with this very content; always 1 where identical ones are duplicates
  std::uint32_t in_ticket = 0; // the n-th of its ticket; 0 where the mapping does not count them
};

// In this order: the event's own key; the mapping's key rule, or what its key selectors find; event_id; else
// source_system, ticket_id, version, occurred_at and the record's whole content, with "-2", "-3" … for the second and
// later of identical ones. What is derived has 32 hex digits. Key selectors that find nothing at all count as not
// given.
//
// Where the source tells no time, occurred_at is the time of receipt, and a payload that comes twice is two events: a
// vendor's retry says the same again and changes nothing, while the second "priority: high" after a "low" counts.
// Errors: invalid_argument (an expression fails).
base::result<std::string> event_key(const mapping& rules, const v1::CanonicalEvent& event, record& from,
                                    const row_ordinals& ordinals);

} // namespace cxstream::sources
