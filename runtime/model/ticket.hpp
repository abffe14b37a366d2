// One ticket: its state, the fingerprints that recognise repeats, and the index of its history. Decides for each
// committed event whether it takes effect (promise P2), which ticket_sequence it gets (P3) and whether it is late (P4).
// Pure; owned by the partition that the ticket hashes to.
//
// Invariants:
//  1. ticket_sequence of accepted events runs 1, 2, 3 … without a gap.
//  2. What apply() decides depends only on earlier applied events, the event and its log entry (promise P9).
//  3. entry i of the index (0-based) belongs to ticket_sequence i + 1; runs of run_length entries are written once they
//  are full.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/revision.hpp"

#include "cxstream/v1/storage.pb.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::model {

// What identifies an event within its ticket, and what tells whether a second one with the same identity is the same.
struct fingerprint {
  std::uint64_t key_high = 0;
  std::uint64_t key_low = 0;
  std::uint64_t content = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, fingerprint& x) {
    return f(x.key_high, x.key_low, x.content);
  }
};

// The place of an entry in the log.
struct log_place {
  base::log_offset offset;
  base::timestamp committed_at;
  std::chrono::seconds dedup_window{0};
};

enum class effect : std::uint8_t { accepted, duplicate, conflict };

struct decision {
  effect outcome = effect::accepted;
  base::ticket_sequence sequence; // the event's, or the first one's for duplicate and conflict
  bool late = false;
};

class ticket {
public:
  static constexpr std::size_t run_length = 256;

  // A ticket that has no event yet.
  ticket(std::string_view ticket_id, base::partition_id partition);
  // A ticket at rest; `recent_runs` are the newest sealed runs, oldest first, as many as the dedup window may still
  // need.
  ticket(v1::TicketSnapshot snapshot, const std::vector<v1::TicketIndex>& recent_runs);

  decision apply(const v1::CanonicalEvent& event, const fingerprint& print, const log_place& place);

  const v1::TicketState& state() const {
    return state_;
  }
  base::ticket_sequence last_sequence() const {
    return base::ticket_sequence{state_.ticket_sequence()};
  }
  // Log offset of an event of the history that is still indexed in memory; precondition: sequence ≥ first_indexed().
  base::log_offset offset_of(base::ticket_sequence sequence) const;
  base::ticket_sequence first_indexed() const {
    return base::ticket_sequence{base_ + 1};
  }

  // What has to be written for the ticket to be at rest: the snapshot, and the runs filled since the last call of
  // sealed(). A serialized TicketSnapshot.
  std::string snapshot() const;
  struct sealed_run {
    std::uint32_t number;
    v1::TicketIndex run;
  };
  std::vector<sealed_run> newly_sealed() const;
  // The snapshot and runs were written. Index entries that neither the dedup window nor the open run needs are
  // forgotten.
  void written(base::timestamp newest_commit, std::chrono::seconds dedup_window);

  // Rough memory use, in index entries, for the bound on live tickets.
  std::size_t weight() const {
    return entries_.size();
  }

private:
  struct entry {
    base::log_offset offset;
    std::int64_t committed_at_us;
    fingerprint print;
  };

  const entry* find(const fingerprint& print, const log_place& place) const;
  void remember(const fingerprint& print, const log_place& place);
  void load_run(const v1::TicketIndex& run);
  void fill_index(std::size_t from_sequence0, std::size_t count, v1::TicketIndex& run) const;
  void rebuild_lookup();

  v1::TicketState state_;
  std::vector<entry> entries_;                              // of sequences base_ + 1 …
  std::uint64_t base_ = 0;                                  // sequences not indexed in memory
  std::uint32_t sealed_ = 0;                                // runs already written
  std::unordered_map<std::uint64_t, std::uint32_t> lookup_; // key_low → entry; only for long tickets
};

} // namespace cxstream::model
