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

// Whose clock occurred_at is of. A payload that comes again has another time of receipt and is the same event all the
// same.
enum class event_time { of_source, of_receipt };

// In this order: the event's own key; the mapping's key rule, or what its key selectors find; event_id; else
// source_system, ticket_id, version, occurred_at (of the source) and the record's whole content, with "-2", "-3" … for
// the second and later of identical ones. What is derived has 32 hex digits. Key selectors that find nothing at all
// count as not given. Errors: invalid_argument (an expression fails).
base::result<std::string> event_key(const mapping& rules, const v1::CanonicalEvent& event, record& from,
                                    const row_ordinals& ordinals, event_time time_of = event_time::of_source);

} // namespace cxstream::sources
