// How a fact differs from a known place: the rules of payload_schema, a place at a time. Pure.
#pragma once

#include "protocols/payload_schema.hpp"

namespace cxstream::protocols {

schema_change new_field(const std::string& path, const fact& seen);
// One a type that it never had.
void new_types(const std::string& path, const fact& seen, const known_place& known, std::vector<schema_change>& out);
// Values that are new to a vocabulary that counts as one: each of its values came four times on average. With fewer
// repetitions a text that is never the same twice (a subject, a name) would seem to grow a vocabulary.
void new_values(const std::string& path, const fact& seen, const known_place& known, std::vector<schema_change>& out);
// The field was in 99 of 100 payloads, and it and the 49 payloads before this one (number `payload`) lack it. `learn`:
// so many payloads it must have been counted over.
bool went_missing(const known_place& known, std::uint64_t payload, std::uint64_t learn);
schema_change missing_field(const std::string& path, const known_place& known);

// "the field \"ticket.x\" is new: …"
std::string sentence(const schema_change& change);

} // namespace cxstream::protocols
