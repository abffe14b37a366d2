// sink_lanes_window: the stretch of a partition's history that a sink has read and not yet wholly decided, as a ring of
// slots in order of offset. It knows the cursor: the offset below which all is decided, and the decided offsets above
// it. Pure; part of sink_lanes.
//
// Invariants:
//  1. The first slot, if there is one, is undecided; next_offset() is its offset, else read_to().
//  2. A slot id stays valid until the slot and all before it are decided; ids grow with the offsets.
//  3. Offsets decided before a restart that are not read again yet stay in the cursor.
#pragma once

#include "ports/event_bytes.hpp"
#include "protocols/sink_lanes_types.hpp"

#include "cxstream/v1/storage.pb.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace cxstream::protocols {

using slot_id = std::uint64_t;
constexpr slot_id no_slot = ~slot_id{0};
constexpr slot_id replayed_slot = no_slot - 1;

struct window_slot {
  enum class state : std::uint8_t { decided, queued, in_flight };
  base::log_offset offset;
  base::ticket_sequence sequence;
  ports::event_bytes event; // empty once decided
  slot_id next = no_slot;   // next slot of the same ticket
  state what = state::decided;
  bool late = false;
};

class sink_lanes_window {
public:
  explicit sink_lanes_window(const v1::SinkCursor& cursor);

  // Adds an undecided event. Precondition: offsets grow, and are not known as decided.
  slot_id push(history_event event);
  // Adds an event that is decided at once. Precondition: offsets grow.
  void push_decided(base::log_offset offset);
  // True when the offset was decided before a restart. Precondition: asked in order of offset.
  bool decided_before(base::log_offset offset);
  // Below: decided, or read and perhaps not decided; above: not read.
  bool is_decided(base::log_offset offset) const;
  void read_up_to(base::log_offset next);
  void decide(slot_id id);
  // Forgets everything and begins at `next`.
  void reset(base::log_offset next);

  window_slot& operator[](slot_id id) {
    return slots_[static_cast<std::size_t>(id - first_)];
  }
  // Slots, decided ones between undecided ones included.
  std::size_t size() const {
    return slots_.size();
  }
  std::size_t undecided() const {
    return slots_.size() - decided_;
  }
  base::log_offset next_offset() const {
    return slots_.empty() ? read_to_ : slots_.front().offset;
  }
  // The first event that is not decided; null when there is none.
  const ports::event_bytes* first_undecided() const {
    return slots_.empty() ? nullptr : &slots_.front().event;
  }
  base::log_offset read_to() const {
    return read_to_;
  }
  // Writes next_offset and decided_above.
  void to_cursor(v1::SinkCursor& cursor) const;

private:
  std::deque<window_slot> slots_;
  slot_id first_ = 0;       // id of slots_.front()
  std::size_t decided_ = 0; // of slots_
  base::log_offset read_to_;
  std::deque<std::uint64_t> decided_before_; // sorted; not read again yet
};

} // namespace cxstream::protocols
