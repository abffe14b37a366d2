// The canonical history of a partition as sinks read it: the log's events that took effect, with their places. Reading
// it joins a LogBatch with what applying it decided. Pure over ports::store.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/event_bytes.hpp"
#include "ports/store.hpp"

#include "cxstream/v1/event.pb.h"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::protocols {

// One event of the history.
struct history_item {
  base::log_offset offset;
  base::ticket_sequence sequence;
  std::string ticket_id;
  ports::event_bytes event; // with all pipeline fields but delivered_at
  bool late = false;        // as in them

  template <class Inspector>
  friend auto inspect(Inspector& f, history_item& x) {
    return f(x.offset, x.sequence, x.ticket_id, x.event, x.late);
  }
};

// A run of the history: everything that took effect in [first_offset, next_offset).
struct history_run {
  base::log_offset first_offset;
  base::log_offset next_offset;
  std::uint64_t history_before = 0; // events of the history below first_offset
  std::vector<history_item> items;

  template <class Inspector>
  friend auto inspect(Inspector& f, history_run& x) {
    return f(x.first_offset, x.next_offset, x.history_before, x.items);
  }
};

// Adds what the pipeline knows to events, without parsing them: protobuf messages that follow each other merge. Keeps
// its message between events, so that stamping allocates nothing.
class pipeline_stamp {
public:
  explicit pipeline_stamp(base::partition_id partition);
  // Appends the fields to a serialized event.
  void append_to(std::string& event, base::log_offset offset, base::ticket_sequence sequence, bool late,
                 base::timestamp committed_at);

private:
  v1::CanonicalEvent stamp_;
};

// Reads from the store: events from `from` on, whole log batches (cut at `from`) until max_events are gathered or the
// offset `end` is reached. history_before is exact for first_offset. Empty (first == next == from) when there is
// nothing.
base::result<history_run> read_history(const ports::store& store, base::partition_id p, base::log_offset from,
                                       base::log_offset end, std::size_t max_events);
// One event. not_found when the offset is none of the history.
base::result<history_item> read_event(const ports::store& store, base::partition_id p, base::log_offset offset);
// How many events of the history lie below an offset.
base::result<std::uint64_t> history_below(const ports::store& store, base::partition_id p, base::log_offset offset);
// Where the history ends now, and how many events it has.
struct history_end {
  base::log_offset next_offset;
  std::uint64_t events_below = 0;
};
base::result<history_end> end_of_history(const ports::store& store, base::partition_id p);

} // namespace cxstream::protocols
