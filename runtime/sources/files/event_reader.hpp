// Events of a file: opens it as its mapping says, reads records, makes events, gives each its key. A line of NDJSON
// that the mapping splits comes as several. Owned by one thread. Memory is constant, but for the counts that the
// mapping asks for (identical rows, rows of a ticket).
#pragma once

#include "sources/mapping/record_mapper.hpp"
#include "sources/record_stream.hpp"

#include <filesystem>
#include <memory>

namespace cxstream::sources {

// A record as far as it came.
struct mapped_row {
  std::uint64_t number = 0;           // row in the file, from 1
  std::uint64_t line = 0;             // line of the file, from 1
  std::uint64_t column = 0;           // where in the line it begins, from 1; 0 where that cannot be told
  std::string raw;                    // the row as text
  v1::CanonicalEvent event;           // when neither dropped nor refused
  std::optional<std::string> dropped; // the mapping's reason
  std::optional<row_reject> refused;
};

class event_reader {
public:
  // "-" is standard input. `rules` must outlive the reader. Errors: not_found, io, malformed; invalid_argument (a
  // column of the mapping is not in the file, "incidents.yaml:12: …").
  static base::result<event_reader> open(const std::filesystem::path& path, const mapping& rules);

  // False at the end. Errors end the file: io, malformed.
  base::result<bool> next(mapped_row& out);

  std::uint64_t position() const {
    return records_->position();
  }
  std::uint64_t size() const {
    return records_->size();
  }
  // See record_stream.
  std::string header() const {
    return records_->header();
  }

private:
  event_reader(std::unique_ptr<record_stream> records, const mapping& rules, base::timestamp written);

  std::unique_ptr<record_stream> records_;
  const mapping* rules_;
  found_record found_;
  mapped_record mapped_;
  record_mapper mapper_;
};

} // namespace cxstream::sources
