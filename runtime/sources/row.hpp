// One row of a file, as the readers hand it to the mapping. Plain values.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

// 128 bits that stand for a row's whole content; equal for equal rows.
struct content_digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const content_digest&) const = default;
};

struct row {
  std::uint64_t number = 0; // 1 is the first row after the header
  std::uint64_t line = 0;   // line of the file it begins on, from 1
  // The columns that were asked for, in that order; without a value where the file has no such column. None for formats
  // that have no columns. Valid until the next row is read.
  std::vector<std::optional<std::string_view>> cells;
  content_digest digest;
  std::string raw;                // the row as text, for the rejects file
  std::optional<base::error> bad; // why it cannot be mapped at all; then cells are not set
};

// Rows of an open file, one after another. Owned by one thread.
class row_reader {
public:
  virtual ~row_reader() = default;
  // Fills `out`; false at the end. Errors end the file: io, malformed.
  virtual base::result<bool> next(row& out) = 0;
  // Bytes used so far of the file's bytes: for progress.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
};

} // namespace cxstream::sources
