// A record and a mapping make an event. map_record() is pure; a record_mapper counts as well and is owned by one
// thread.
#pragma once

#include "sources/mapping/event_key.hpp"
#include "sources/mapping/occurrences.hpp"

#include "cxstream/v1/ingest.pb.h"

namespace cxstream::sources {

// Why a record makes no event.
struct row_reject {
  v1::RejectReason reason = v1::MALFORMED;
  std::string field_path;
  std::string message;
};

// What became of a record: an event, dropped, or refused.
struct mapped_record {
  v1::CanonicalEvent event;
  std::optional<std::string> dropped; // the reason
  std::optional<row_reject> refused;
  event_time time_of = event_time::of_source;

  void clear() {
    time_of = event_time::of_source;
    event.Clear();
    dropped.reset();
    refused.reset();
  }
};

// Fills the event without its idempotency_key and version of the row order. Refused is only what has no place in an
// event: a number or a time that is none, a list where there must be one value, an expression that fails. Whether the
// event is valid, the node says. `received`: when the record came. Precondition: the format is not canonical.
void map_record(const mapping& rules, record& from, base::timestamp received, mapped_record& out);

// Whether one of the mapping's drop rules holds; fills `out` when so, or when that cannot be told.
bool drop_record(const mapping& rules, record& from, mapped_record& out);

// A canonical event as JSON, with the contract's field names.
void read_canonical(const std::string& json, mapped_record& out);

// All of one file, or of one payload, in its order: gives each event its key as well.
class record_mapper {
public:
  record_mapper(const mapping& rules, base::timestamp received) : rules_(&rules), received_(received) {
  }
  void map(record& from, mapped_record& out);

private:
  const mapping* rules_;
  base::timestamp received_;
  occurrences identical_;
  occurrences in_ticket_;
};

} // namespace cxstream::sources
