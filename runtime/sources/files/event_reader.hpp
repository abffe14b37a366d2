// Events of a file: opens it as its mapping says, reads rows, makes events, gives each its key. A line of NDJSON that
// the mapping splits comes as several. Owned by one thread. Memory is constant, but for the counts that the mapping
// asks for (identical rows, rows of a ticket).
#pragma once

#include "sources/mapping/record_mapper.hpp"

#include <filesystem>
#include <memory>

namespace cxstream::sources {

// A record as far as it came.
struct mapped_row {
  std::uint64_t number = 0;           // row in the file, from 1
  std::uint64_t line = 0;             // line of the file, from 1
  std::string raw;                    // the row as text
  v1::CanonicalEvent event;           // when neither dropped nor refused
  std::optional<std::string> dropped; // the mapping's reason
  std::optional<row_reject> refused;
};

class event_reader {
public:
  // `rules` must outlive the reader. Errors: not_found, io, malformed; invalid_argument (a column of the mapping is not
  // in the file, "incidents.yaml:12: …"; a format that is not read from files).
  static base::result<event_reader> open(const std::filesystem::path& path, const mapping& rules);

  // False at the end. Errors end the file: io, malformed.
  base::result<bool> next(mapped_row& out);

  std::uint64_t position() const {
    return rows_->position();
  }
  std::uint64_t size() const {
    return rows_->size();
  }

private:
  event_reader(std::unique_ptr<row_reader> rows, const mapping& rules, base::timestamp written);

  void map();
  bool next_of_line(mapped_row& out);

  std::unique_ptr<row_reader> rows_;
  const mapping* rules_;
  row row_;
  mapped_record mapped_;
  record_mapper mapper_;
  std::unique_ptr<json_source> lines_; // ndjson: the records of the current line
};

} // namespace cxstream::sources
