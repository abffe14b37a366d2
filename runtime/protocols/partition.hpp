// One partition: the order of its appends, and the fold of its committed log into tickets, history and totals.
// Not thread-safe; owned by the partition actor. Decides without clock and randomness; reads and writes only
// ports::store.
//
// Invariants:
//  1. Offsets are given out in order without a gap; an entry is applied only after its batch is committed (log first).
//  2. Applying the same log gives the same decisions, sequences and events (promise P9), also when it is applied again
//     after a crash over derived data that is already there.
//  3. applied ≤ committed ≤ reserved offsets.
#pragma once

#include "protocols/history.hpp"
#include "protocols/log_batch.hpp"
#include "protocols/ticket_cache.hpp"

#include "cxstream/v1/admin.pb.h"

#include <memory>
#include <vector>

namespace cxstream::protocols {

struct partition_totals {
  std::uint64_t history = 0;
  std::uint64_t tickets = 0;
  std::uint64_t late = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
};

// What one committed batch came to.
struct applied_batch {
  std::vector<model::decision> decisions; // one an entry
  std::shared_ptr<const history_run> run; // for the sinks
  std::vector<v1::DeadLetter> conflicts;  // already in the store
};

class partition {
public:
  partition(base::partition_id id, ports::store& store, std::size_t live_weight_max);

  // Reads how far derived data has come and applies the rest of the log. Also after a failure of the store: what was in
  // memory is dropped first. Errors: io, corrupt.
  base::result<void> recover();

  // Gives out the next offsets.
  base::log_offset reserve(std::size_t count);
  // Applies a committed batch; it must begin where the last one ended. On an error recover() is due.
  base::result<applied_batch> apply(committed_batch batch);
  // Writes dirty tickets and the applied offset, and passivates what is over the bound.
  base::result<void> checkpoint();
  // More tickets live than wanted, and some time has passed since the last checkpoint: one that comes after every batch
  // would help nobody when a few tickets outweigh the bound.
  bool wants_checkpoint() const {
    return tickets_.over_bound() && applied_since_checkpoint_ > tickets_.bound() / 16;
  }

  // State of a ticket; not_found when it has no event.
  base::result<v1::TicketState> ticket_state(std::string_view ticket_id);
  // Log offsets of a ticket's history from a sequence on, at most `count`. Empty past the end.
  base::result<std::vector<base::log_offset>> ticket_offsets(std::string_view ticket_id, base::ticket_sequence from,
                                                             std::size_t count);

  base::partition_id id() const {
    return id_;
  }
  base::log_offset next_offset() const {
    return applied_;
  }
  const partition_totals& totals() const {
    return totals_;
  }
  std::size_t live_tickets() const {
    return tickets_.size();
  }

private:
  base::result<void> load_applied();
  base::result<void> replay();
  base::result<model::decision> decide(const v1::CanonicalEvent& event, const model::fingerprint& print,
                                       const model::log_place& place);
  v1::DeadLetter conflict_letter(const v1::CanonicalEvent& event, const log_entry& entry, const model::log_place& place,
                                 const model::decision& decided) const;
  base::result<void> write_conflicts(const std::vector<v1::DeadLetter>& letters);

  base::partition_id id_;
  ports::store& store_;
  ticket_cache tickets_;
  pipeline_stamp stamp_;
  v1::CanonicalEvent scratch_; // the event being applied; kept for its memory
  base::log_offset reserved_;  // next to give out
  base::log_offset applied_;   // next to apply
  partition_totals totals_;
  base::timestamp newest_commit_{};
  std::chrono::seconds dedup_window_{0};
  bool dirty_ = false;
  std::size_t applied_since_checkpoint_ = 0;
};

} // namespace cxstream::protocols
