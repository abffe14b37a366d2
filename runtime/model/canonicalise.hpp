// Brings an event into canonical form. Pure; thread-safe; does not allocate for an event that is canonical already.
//
// The order at ingest: parse_event → content_hash → canonicalise → validate → partition_of. Validation comes last, so
// that it judges what will be stored: synonyms have become canonical labels and surrounding space does not count.
//
// Invariants:
//  1. Canonicalising twice changes nothing more than canonicalising once, with the same taxonomy.
//  2. Nothing that the source said is invented or dropped, except: space around texts, empty texts and empty signals
//  (an
//     absent field says nothing, and so does an empty one), repeated and empty tags, digits of occurred_at beyond
//     microseconds, and `pipeline`, which is not the source's to write.
//  3. Fields that `cleared` names are never filled from the taxonomy.
#pragma once

#include "model/taxonomy.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>

namespace cxstream::model {

// `content` is content_hash() of the event as it came from its source; it goes into the idempotency_key of an event
// that has neither a key nor an event_id.
void canonicalise(v1::CanonicalEvent& event, const taxonomy& tags, std::uint64_t content);
// The same for callers that do not need the content hash themselves.
void canonicalise(v1::CanonicalEvent& event, const taxonomy& tags);

} // namespace cxstream::model
