// The index of one ticket's history: the place of each event in the log, and the fingerprints that recognise repeats
// (promise P2). It is kept in runs. The growing run, and full ones not yet written, are in memory; of a run at rest in
// the store only the keys' tags are, and it is read when one of them comes again. Pure: the store is behind a function.
//
// Invariants:
//  1. Entry i (0-based) belongs to ticket_sequence i + 1 and lies in run i / run_length.
//  2. What recall() finds does not depend on what happens to be in memory (promise P9).
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/key_runs.hpp"

#include "cxstream/v1/storage.pb.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
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

// An event that the ticket has already.
struct known_event {
  base::ticket_sequence sequence;
  std::uint64_t content = 0;
};

class ticket_index {
public:
  static constexpr std::size_t run_length = 64;
  // Reads a run that is at rest, by its number. Errors: io, corrupt.
  using run_reader = std::function<base::result<v1::TicketIndex>(std::uint32_t)>;

  // For a ticket that never was at rest.
  static base::result<v1::TicketIndex> nothing_rests(std::uint32_t number);

  ticket_index() = default;
  // As it came to rest.
  ticket_index(std::uint32_t sealed_runs, const v1::TicketIndex& open_run);

  // The newest event with this key that the dedup window of `place` still reaches.
  base::result<std::optional<known_event>> recall(const fingerprint& print, const log_place& place,
                                                  const run_reader& read_run);
  void add(const fingerprint& print, const log_place& place);

  std::uint64_t size() const {
    return base_ + entries_.size();
  }
  // Precondition: first_in_memory() ≤ sequence ≤ size().
  base::log_offset offset_of(base::ticket_sequence sequence) const {
    return entries_[sequence.value - 1 - base_].offset;
  }
  base::ticket_sequence first_in_memory() const {
    return base::ticket_sequence{base_ + 1};
  }

  // What has to be written for the index to be at rest: runs filled since the last written(), and the growing one.
  struct sealed_run {
    std::uint32_t number;
    v1::TicketIndex run;
  };
  std::vector<sealed_run> newly_sealed() const;
  std::uint32_t sealed_runs() const {
    return static_cast<std::uint32_t>(size() / run_length);
  }
  void fill_open_run(v1::TicketIndex& run) const;
  // That was written. Keys which the dedup window has left are forgotten.
  void written(base::timestamp newest_commit, std::chrono::seconds dedup_window);

  // Rough use of memory.
  std::size_t bytes() const {
    return entries_.capacity() * sizeof(entry) + keys_.bytes() + rested_newest_us_.size() * sizeof(std::int64_t) +
           (last_read_ ? run_length * sizeof(entry) : 0);
  }

private:
  struct rested_run {
    std::uint32_t number;
    v1::TicketIndex run;
  };
  struct entry {
    base::log_offset offset;
    std::int64_t committed_at_us;
    fingerprint print;
  };

  // Learns the keys of older runs, as far back as the dedup window reaches.
  base::result<void> learn_back_to(std::int64_t oldest_us, const run_reader& read_run);
  std::optional<known_event> find_in_memory(std::uint32_t run, const fingerprint& print, std::int64_t oldest_us) const;
  base::result<const v1::TicketIndex*> rested(std::uint32_t number, const run_reader& read_run);
  void fill(std::uint64_t first, std::uint64_t count, v1::TicketIndex& run) const;

  std::vector<entry> entries_;                // entry base_, base_ + 1 …
  std::uint64_t base_ = 0;                    // entries that are in the store only: whole runs
  key_runs keys_;                             // of runs known_from_, known_from_ + 1 …
  std::uint32_t known_from_ = 0;              // runs below it are not known
  std::int64_t unknown_newest_us_ = 0;        // no event of them was committed after this
  std::uint32_t forgotten_ = 0;               // runs below known_from_ whose keys are still in keys_
  std::deque<std::int64_t> rested_newest_us_; // newest commit of the runs known_from_ … base_ / run_length - 1
  std::unique_ptr<rested_run> last_read_;     // repeats come in the order of the first ones; until the next written()
};

} // namespace cxstream::model
