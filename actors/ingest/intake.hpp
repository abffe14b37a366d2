// What ingest decides about one event, without actors: accept it as a log entry for a partition, or refuse it as a dead
// letter. Pure; now and the rules are arguments.
#pragma once

#include "model/taxonomy.hpp"
#include "model/validate.hpp"
#include "ports/payload.hpp"
#include "protocols/log_batch.hpp"

#include "cxstream/v1/admin.pb.h"

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace cxstream::actors {

// The rules in force; a reload replaces them as a whole.
struct intake_rules {
  model::validation_limits limits;
  std::shared_ptr<const model::taxonomy> taxonomy;
  std::uint16_t partitions = 64;
};

// The reader of a configured source, as it is now; null when there is no such source. Thread-safe.
using source_readers = std::function<std::shared_ptr<const ports::payload_reader>(const std::string& source)>;

struct accepted_event {
  base::partition_id partition;
  protocols::log_entry entry;
  std::string source_system;
};

struct refused_event {
  model::rejection why;
  std::string source_system; // as far as it could be read
  std::string ticket_id;     // as far as it could be read
};

// `scratch` is overwritten; passing the same object again saves allocations.
std::variant<accepted_event, refused_event> take_in(std::string_view bytes, const intake_rules& rules,
                                                    base::timestamp received_at, v1::CanonicalEvent& scratch);

// The dead letter of a refused event. `unique` tells letters of one microsecond apart.
v1::DeadLetter refusal_letter(const refused_event& refused, std::string bytes, base::timestamp received_at,
                              std::uint64_t unique);

// The dead letter of a payload, or a record of it, that its source could not make an event of. `partial` is a
// serialized DeadLetter that says reason, message and payload; it keeps the id that it brings.
v1::DeadLetter refused_payload_letter(const std::string& partial, base::timestamp received_at, std::uint64_t unique);

} // namespace cxstream::actors
