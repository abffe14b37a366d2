// Which batches are under way: what may be sent, what is unanswered, what must be sent again after a lost connection.
// Pure; owned by one thread.
//
// Invariants:
//  1. Every batch that was added is answered exactly once, or is still unanswered.
//  2. Unanswered events never exceed the limit, but for a single batch that is larger than it.
//  3. After a lost connection unanswered batches go out again in the order in which they were added, before new ones.
#pragma once

#include "client/event_batch.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace cxstream::client {

class publish_window {
public:
  explicit publish_window(std::uint32_t events_max) : events_max_(events_max), limit_(events_max) {
  }

  // What the node allows from now on.
  void grant(std::uint32_t credit_events) {
    if (credit_events > 0)
      limit_ = std::min(events_max_, credit_events);
  }
  // How many events may be added; 0 while batches wait to be sent again.
  std::uint32_t room() const {
    if (!unsent_.empty() || unanswered_events_ >= limit_)
      return 0;
    return limit_ - unanswered_events_;
  }
  // A new batch; it is to be sent now. Its id must be higher than every earlier one.
  const event_batch& add(event_batch batch) {
    unanswered_events_ += batch.events;
    const auto id = batch.id;
    return unanswered_.emplace_hint(unanswered_.end(), id, std::move(batch))->second;
  }
  // The next batch to be sent again, if any; it counts as sent.
  const event_batch* resend() {
    while (!unsent_.empty()) {
      const auto found = unanswered_.find(unsent_.front());
      unsent_.pop_front();
      if (found != unanswered_.end())
        return &found->second;
    }
    return nullptr;
  }
  // An answer; nothing when the batch is unknown or was answered before.
  std::optional<event_batch> answered(std::uint64_t id) {
    const auto found = unanswered_.find(id);
    if (found == unanswered_.end())
      return std::nullopt;
    auto batch = std::move(found->second);
    unanswered_.erase(found);
    unanswered_events_ -= batch.events;
    return batch;
  }
  // The connection is lost: everything unanswered is to be sent again.
  void lost() {
    unsent_.clear();
    for (const auto& [id, batch] : unanswered_)
      unsent_.push_back(id);
  }
  bool empty() const {
    return unanswered_.empty();
  }

private:
  std::uint32_t events_max_;
  std::uint32_t limit_;
  std::uint32_t unanswered_events_ = 0;
  std::map<std::uint64_t, event_batch> unanswered_;
  std::deque<std::uint64_t> unsent_;
};

} // namespace cxstream::client
