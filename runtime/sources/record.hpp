// What a mapping is applied to: one record of a file or a payload, whatever its format, and where records come from.
// Interfaces; their objects are owned by one thread.
#pragma once

#include "base/result.hpp"
#include "ports/payload.hpp"
#include "sources/cell.hpp"
#include "sources/row.hpp"

#include <optional>
#include <span>
#include <string>

namespace cxstream::sources {

using selector_slot = std::size_t; // place in mapping::selectors

class record {
public:
  virtual ~record() = default;
  // What the mapping's selector finds. Views live until the source goes on.
  virtual cell at(selector_slot slot) = 0;
  // Of the whole content: equal for records that say the same in the same order.
  virtual content_digest digest() = 0;
  // The record as text, for people and dead letters.
  virtual std::string raw() = 0;
};

// A record, or why there is none in its place.
struct record_or_fault {
  record* values = nullptr; // null: `fault` and `raw` are set
  base::error fault;        // malformed: not what its format says; invalid_argument: `each` failed
  std::string raw;          // of what is at fault; empty: the whole payload
  std::size_t line = 0;     // of the payload, where its records are lines
};

// Records of payloads, one payload after another.
class record_source {
public:
  virtual ~record_source() = default;
  // Begins with a payload, whose bytes must outlive its records. Errors: malformed, with the place; invalid_argument.
  virtual base::result<void> open(std::string_view body, std::span<const ports::header> headers) = 0;
  // False after the last record.
  virtual bool next(record_or_fault& out) = 0;
  // The payload itself as a record, where `each` gave none of it; null where the format has no such thing.
  virtual record* whole() = 0;
  // True when a payload of this format is one record, so that its bytes are the record's.
  virtual bool is_one_record() const = 0;
};

} // namespace cxstream::sources
