// Outcomes of one deliver() call, kept so that a connector cannot break the order of a ticket: once an event of a
// ticket is not delivered, the later ones of that ticket are `skipped` (invariant 4 of ports/target.hpp). Used within
// one call.
#pragma once

#include "ports/target.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::connectors {

class outcomes {
public:
  explicit outcomes(std::span<const ports::delivery> events) : events_(events), out_(events.size()) {
  }

  // Whether an earlier event of the same ticket was not delivered. If so, event i is now `skipped` and must not be
  // tried.
  bool skips(std::size_t i) {
    const auto held = held_.find(events_[i].ticket_id);
    if (held == held_.end() || held->second >= i)
      return false;
    out_[i] = {ports::delivery_result::skipped, "an earlier event of the ticket was not delivered", std::nullopt};
    return true;
  }
  // Sets the outcome of an event that was tried, or cannot be; events are `delivered` until then. In any order.
  void set(std::size_t i, ports::delivery_outcome outcome) {
    if (outcome.result != ports::delivery_result::delivered) {
      auto& first = held_.try_emplace(events_[i].ticket_id, i).first->second;
      first = std::min(first, i);
    }
    out_[i] = std::move(outcome);
  }
  // Every event from i on gets `outcome`, or is skipped where its ticket is held.
  void set_from(std::size_t i, const ports::delivery_outcome& outcome) {
    for (; i < events_.size(); ++i)
      if (!skips(i))
        set(i, outcome);
  }
  bool delivered(std::size_t i) const {
    return out_[i].result == ports::delivery_result::delivered;
  }
  const ports::delivery_outcome& at(std::size_t i) const {
    return out_[i];
  }
  std::vector<ports::delivery_outcome> take() && {
    for (std::size_t i = 0; i < out_.size() && !held_.empty(); ++i)
      if (!delivered(i)) // what was found unfit before an earlier event failed
        (void)skips(i);
    return std::move(out_);
  }

private:
  std::span<const ports::delivery> events_;
  std::vector<ports::delivery_outcome> out_;
  std::unordered_map<std::string_view, std::size_t> held_; // by ticket, its first event that was not delivered
};

// Reason of an event that cannot be parsed.
constexpr std::string_view not_an_event = "the stored bytes are not a canonical event";

inline ports::delivery_outcome failed(ports::delivery_result result, std::string_view reason) {
  return {result, std::string(reason), std::nullopt};
}

} // namespace cxstream::connectors
