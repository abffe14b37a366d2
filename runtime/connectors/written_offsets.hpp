// Which events of one partition a target has, in constant memory, although they come out of order and some never come.
// Pure.
//
// A sink delivers the tickets of a partition side by side, so an event may come after others of higher offsets;
// filtered events and log entries without an event leave gaps for ever. What a gap is shows in time: a sink has at most
// so many events undecided at once, so a gap above which `disorder_max` more events were written since it opened can
// hold nothing that is still to come, and is closed.
//
// Invariants:
//  1. has() is true for every event written, and for no event that is still to come.
//  2. There are at most disorder_max open gaps, and two more while older events are written after a seek.
//  3. What lies below the first event ever written is not there, and stays so until it is written.
#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace cxstream::connectors {

// Offsets [from, to) that are written, or known never to come.
struct written_range {
  base::log_offset from;
  base::log_offset to;
  // Events written since the gap below the range opened; never_closes for what was not asked for yet.
  std::uint64_t gap_age = 0;

  static constexpr std::uint64_t never_closes = ~std::uint64_t{0};
  bool operator==(const written_range&) const = default;
};

class written_offsets {
public:
  explicit written_offsets(std::uint64_t disorder_max) : disorder_max_(disorder_max) {
  }
  // As ranges() gave them.
  written_offsets(std::uint64_t disorder_max, const std::vector<written_range>& ranges,
                  std::set<base::log_offset> refused = {});

  bool has(base::log_offset offset) const;
  void add(base::log_offset offset);
  // The event was not taken: however late it comes again, it is not there.
  void refuse(base::log_offset offset);
  // Closes the gaps that can be. To be called after the events of one delivery were added.
  void close_gaps();

  // Every event from the lowest written one up to here was written or will not come; 0 when nothing was written.
  base::log_offset position() const;
  // One above the highest event written; 0 when nothing was written.
  base::log_offset end() const;
  std::vector<written_range> ranges() const;
  const std::set<base::log_offset>& refused() const {
    return refused_;
  }

private:
  struct range {
    std::uint64_t to;
    std::uint64_t gap_opened_at; // value of added_ when the gap below opened, or never_closes
  };
  using range_map = std::map<std::uint64_t, range>;
  void insert_between(range_map::iterator above, std::uint64_t offset);

  std::uint64_t disorder_max_;
  std::uint64_t added_ = 0; // events added
  range_map ranges_;        // by first offset; no two touch
  std::set<base::log_offset> refused_;
};

// What one deliver() did in one partition.
struct partition_change {
  std::set<base::log_offset> refused;
  std::set<base::log_offset> written; // takes effect after `refused`
};

using partition_changes = std::map<base::partition_id, partition_change>;
using partition_offsets = std::map<base::partition_id, written_offsets>;

void apply(const partition_changes& changes, std::uint64_t disorder_max, partition_offsets& partitions);

} // namespace cxstream::connectors
