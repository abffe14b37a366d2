#include "protocols/sink_lanes_window.hpp"

#include <algorithm>

namespace cxstream::protocols {

sink_lanes_window::sink_lanes_window(const v1::SinkCursor& cursor)
    : read_to_(cursor.next_offset()), decided_before_(cursor.decided_above().begin(), cursor.decided_above().end()) {
  std::sort(decided_before_.begin(), decided_before_.end());
}

slot_id sink_lanes_window::push(history_event event) {
  slots_.push_back(
      {event.offset, event.sequence, std::move(event.event), no_slot, window_slot::state::queued, event.late});
  read_to_ = base::log_offset{event.offset.value + 1};
  return first_ + slots_.size() - 1;
}

void sink_lanes_window::push_decided(base::log_offset offset) {
  // Without an undecided event before it, the cursor simply moves past.
  if (!slots_.empty()) {
    slots_.push_back({offset, {}, {}, no_slot, window_slot::state::decided, false});
    ++decided_;
  }
  read_to_ = base::log_offset{offset.value + 1};
}

bool sink_lanes_window::decided_before(base::log_offset offset) {
  while (!decided_before_.empty() && decided_before_.front() < offset.value)
    decided_before_.pop_front();
  if (decided_before_.empty() || decided_before_.front() != offset.value)
    return false;
  decided_before_.pop_front();
  return true;
}

bool sink_lanes_window::is_decided(base::log_offset offset) const {
  if (offset < next_offset())
    return true;
  const auto slot = std::lower_bound(slots_.begin(), slots_.end(), offset,
                                     [](const window_slot& s, base::log_offset o) { return s.offset < o; });
  if (slot != slots_.end() && slot->offset == offset)
    return slot->what == window_slot::state::decided;
  return std::binary_search(decided_before_.begin(), decided_before_.end(), offset.value);
}

void sink_lanes_window::read_up_to(base::log_offset next) {
  read_to_ = std::max(read_to_, next);
}

void sink_lanes_window::decide(slot_id id) {
  auto& slot = (*this)[id];
  slot.what = window_slot::state::decided;
  slot.event = {};
  ++decided_;
  while (!slots_.empty() && slots_.front().what == window_slot::state::decided) {
    slots_.pop_front();
    ++first_;
    --decided_;
  }
}

void sink_lanes_window::reset(base::log_offset next) {
  first_ += slots_.size();
  slots_.clear();
  decided_ = 0;
  decided_before_.clear();
  read_to_ = next;
}

void sink_lanes_window::to_cursor(v1::SinkCursor& cursor) const {
  cursor.set_next_offset(next_offset().value);
  auto& above = *cursor.mutable_decided_above();
  above.Clear();
  auto left = decided_;
  for (auto slot = slots_.begin(); left > 0; ++slot)
    if (slot->what == window_slot::state::decided) {
      above.Add(slot->offset.value);
      --left;
    }
  above.Add(decided_before_.begin(), decided_before_.end());
}

} // namespace cxstream::protocols
