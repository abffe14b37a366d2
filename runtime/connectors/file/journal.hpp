// The position journal of a file sink: which bytes of which segment are good, and which events of each partition are
// written. One record a line, "<hash of the rest> <JSON>\n"; a record adds to those before it. Pure codec; file_target
// owns the file.
//
// Invariants:
//  1. A record is written after the data it speaks of is durable, so what the journal says is there is there.
//  2. Only the last record may be damaged (torn by a crash); replay() then stops before it. Damage further up is an
//  error.
#pragma once

#include "base/result.hpp"
#include "connectors/written_offsets.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// Where the data ends.
struct segment_end {
  std::uint64_t segment = 1; // number of the segment being written
  std::uint64_t length = 0;  // its good bytes
};

// A record that follows others.
std::string encode_changes(const segment_end& end, const partition_changes& changes);
// A record that a journal begins with: the whole state.
std::string encode_state(const segment_end& end, const partition_offsets& partitions);

struct replayed_journal {
  segment_end end;
  partition_offsets partitions;
  std::uint64_t good_bytes = 0; // length of the journal without a torn record
};

// `disorder_max` as in written_offsets. Errors: corrupt.
base::result<replayed_journal> replay(std::string_view journal, std::uint64_t disorder_max);

} // namespace cxstream::connectors
