// An endless stream of invented ticket events: seeded, the same on every run, and cheap (well under a microsecond an
// event), because it appends serialized fields to serialized templates instead of building messages. Owned by one
// thread.
//
// Invariants:
//  1. The bytes depend only on the plan and on the times passed to append().
//  2. Every event that is not a repeat has an idempotency_key of its own; a repeat equals an earlier event byte for
//  byte.
//  3. Events of a ticket have rising occurred_at and version, but for the shares that the plan wants late or swapped.
#pragma once

#include "base/time.hpp"
#include "sources/synthetic/zipf.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

struct synthetic_plan {
  std::uint64_t seed = 1;
  std::uint32_t tickets = 20'000;
  double zipf_s = 0.99;
  // Shares of all events, 0 … 1.
  double duplicates = 0;           // sent again as they were
  double disorder = 0;             // sent after the next event of their ticket
  double late = 0;                 // happened hours before the ticket's newest event
  double bad = 0;                  // break the contract, in one of seven ways
  std::uint32_t event_bytes = 300; // about
  // One of several streams that share the tickets: each ticket belongs to one stream.
  std::uint32_t stream = 0;
  std::uint32_t streams = 1;
};

struct synthetic_counts {
  std::uint64_t events = 0; // all
  std::uint64_t duplicates = 0;
  std::uint64_t disordered = 0;
  std::uint64_t late = 0;
  std::uint64_t bad = 0;
};

class synthetic_stream {
public:
  explicit synthetic_stream(const synthetic_plan& plan);

  // Makes the next event, which happens at `at`; its serialized bytes are valid until the next call.
  std::string_view next(base::timestamp at);

  const synthetic_counts& counts() const {
    return counts_;
  }

private:
  void make_templates();
  // Writes an event of `ticket` into `out`.
  void write_event(std::uint32_t ticket, base::timestamp at, std::string& out);
  void spoil(std::string& event);
  bool chance(std::uint64_t share) {
    return (random_() >> 32u) < share;
  }

  synthetic_plan plan_;
  std::mt19937_64 random_;
  zipf tickets_;
  std::uint64_t duplicates_, disorder_, late_, bad_; // shares of 2^32
  std::vector<std::uint32_t> versions_;              // last version of each ticket
  std::string ticket_prefix_;                        // another for each seed
  std::vector<std::string> templates_;               // serialized fields that do not change
  std::vector<std::string> recent_;                  // some recent events, for repeats
  std::uint64_t number_ = 0;                         // of the last fresh event
  std::string event_;
  std::string held_; // an event that is sent after its successor
  bool holding_ = false;
  std::string padding_;
  synthetic_counts counts_;
};

} // namespace cxstream::sources
