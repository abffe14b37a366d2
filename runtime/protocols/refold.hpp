// The proof of promises P3 and P9 for one partition: folds its log again from the first entry and holds the result
// against what is stored. Pure over ports::store; memory grows with the tickets of the partition.
#pragma once

#include "ports/store.hpp"

#include "base/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cxstream::protocols {

struct refold_proof {
  std::uint64_t events = 0; // of the history
  std::uint64_t tickets = 0;
  std::vector<std::string> findings; // what differs; at most 100
};

// `end`: fold up to this offset, to which everything was checkpointed. `compare_states`: also hold every ticket's state
// against its snapshot (needs a partition at rest since that checkpoint).
base::result<refold_proof> refold(const ports::store& store, base::partition_id p, base::log_offset end,
                                  bool compare_states);

// The quick part of it: counts the history by what was decided, without folding; a ticket counts by its first event.
base::result<refold_proof> recount_history(const ports::store& store, base::partition_id p, base::log_offset end);

} // namespace cxstream::protocols
