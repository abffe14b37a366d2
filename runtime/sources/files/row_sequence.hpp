// The rows of a file in the order in which they are sent: as they lie there, or shuffled. Owned by one thread.
#pragma once

#include "sources/files/event_reader.hpp"

#include <optional>
#include <vector>

namespace cxstream::sources {

// A row, ready to be sent.
struct prepared_row {
  std::uint64_t number = 0; // in the file, from 1
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string raw;
  std::string event; // serialized; empty when dropped or refused
  std::optional<std::string> dropped;
  std::optional<row_reject> refused;
};

class row_sequence {
public:
  // With a seed, all rows are read into memory and put into an order that depends only on the seed and their number.
  // Errors: as event_reader.
  static base::result<row_sequence> open(const std::filesystem::path& path, const mapping& rules,
                                         std::optional<std::uint64_t> shuffle_seed);

  // False at the end. Errors end the sequence: io, malformed.
  base::result<bool> next(prepared_row& out);
  // Share of the file that was used, 0 … 1.
  double share() const;
  // See record_stream.
  std::string header() const {
    return reader_.header();
  }
  // Bytes of the file that were read, as it lies on the disk.
  std::uint64_t bytes_read() const {
    return reader_.position();
  }

private:
  explicit row_sequence(event_reader reader) : reader_(std::move(reader)) {
  }
  base::result<bool> read(prepared_row& out);
  base::result<void> shuffle(std::uint64_t seed);

  event_reader reader_;
  mapped_row mapped_;
  std::optional<std::vector<prepared_row>> shuffled_;
  std::size_t taken_ = 0;
};

} // namespace cxstream::sources
