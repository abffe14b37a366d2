// Records of an open file, one after another, whatever its format. Interface; owned by one thread.
#pragma once

#include "sources/record.hpp"

namespace cxstream::sources {

// A record of a file, or why there is none in its place.
struct found_record {
  record* values = nullptr; // null: `fault` and `raw` are set
  base::error fault;        // malformed: not what its format says; invalid_argument: `each` failed
  std::string raw;          // of what is at fault
  std::uint64_t number = 0; // from 1; the parts of a line that is split share one
  std::uint64_t line = 0;   // where it begins, from 1
  std::uint64_t column = 0; // from 1: where it begins, or where the fault is; 0 where that cannot be told

  void clear() {
    *this = {};
  }
};

class record_stream {
public:
  virtual ~record_stream() = default;
  // False at the end. The record lives until the next call. Errors end the file: io, malformed.
  virtual base::result<bool> next(found_record& out) = 0;
  // Bytes of the file that were used so far, and all of them: for progress.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
  // What has to stand before a record so that it can be read by itself; empty where nothing has to.
  virtual std::string header() const {
    return {};
  }
};

} // namespace cxstream::sources
