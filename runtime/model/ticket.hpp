// One ticket: its state and the index of its history. Decides for each committed event whether it takes effect (promise
// P2), which ticket_sequence it gets (P3) and whether it is late (P4). Pure; owned by the partition that the ticket
// hashes to.
//
// Invariants:
//  1. ticket_sequence of accepted events runs 1, 2, 3 … without a gap.
//  2. What apply() decides depends only on earlier applied events, the event and its log entry (promise P9).
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "model/revision.hpp"
#include "model/ticket_index.hpp"

#include "cxstream/v1/storage.pb.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::model {

enum class effect : std::uint8_t { accepted, duplicate, conflict };

struct decision {
  effect outcome = effect::accepted;
  base::ticket_sequence sequence; // the event's, or the first one's for duplicate and conflict
  bool late = false;
};

class ticket {
public:
  // A ticket that has no event yet.
  ticket(std::string_view ticket_id, base::partition_id partition);
  // A ticket at rest.
  explicit ticket(v1::TicketSnapshot snapshot);

  // `read_run` is asked for what of the ticket's index is at rest; its errors are handed on, and nothing is applied.
  base::result<decision> apply(const v1::CanonicalEvent& event, const fingerprint& print, const log_place& place,
                               const ticket_index::run_reader& read_run);

  const v1::TicketState& state() const {
    return state_;
  }
  base::ticket_sequence last_sequence() const {
    return base::ticket_sequence{state_.ticket_sequence()};
  }
  const ticket_index& index() const {
    return index_;
  }

  // What has to be written for the ticket to be at rest: this, and index().newly_sealed(). A serialized TicketSnapshot.
  std::string snapshot() const;
  // The snapshot and the runs were written.
  void written(base::timestamp newest_commit, std::chrono::seconds dedup_window) {
    index_.written(newest_commit, dedup_window);
  }

private:
  v1::TicketState state_;
  ticket_index index_;
};

} // namespace cxstream::model
