// consumer_window: the calls given to a connected consumer, and what it has acknowledged of them. Pure.
//
// Invariants:
//  1. At most `credit` events are sent and not settled (one call may exceed it when nothing else is out).
//  2. A call is answered once, when each of its events is settled; an event counts as delivered only by an
//  acknowledgement.
//  3. When an event is refused, later ones of its ticket in the same call that are not acknowledged come again after
//  it.
//  4. After disconnect() everything unsettled is sent again, in the order of the calls.
#pragma once

#include "ports/target.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace cxstream::protocols {

class consumer_window {
public:
  struct answer {
    std::uint64_t call = 0;
    std::vector<ports::delivery_outcome> outcomes;
  };

  void connect(std::size_t credit_events);
  void disconnect();
  bool connected() const {
    return credit_ > 0;
  }

  void offer(std::uint64_t call, std::shared_ptr<const std::vector<ports::delivery>> events);
  // Events to send now, in order; pointers are valid until the next call of a non-const member.
  std::vector<const ports::delivery*> take();
  // The event at the place and all events of the partition sent before it are acknowledged.
  std::vector<answer> acknowledge(base::partition_id partition, base::log_offset offset);
  // The event is refused. Unknown places are ignored.
  std::vector<answer> refuse(base::partition_id partition, base::log_offset offset, bool permanent, std::string why);
  std::size_t unsettled() const {
    return unsettled_;
  }

private:
  struct call_state {
    std::shared_ptr<const std::vector<ports::delivery>> events;
    std::vector<std::optional<ports::delivery_outcome>> outcomes;
    std::size_t open = 0;
  };
  struct sent_event {
    std::uint64_t call;
    std::uint32_t position;
  };

  void settle(std::uint64_t call, std::uint32_t position, ports::delivery_outcome outcome, std::vector<answer>& out);

  std::map<std::uint64_t, call_state> calls_;
  std::deque<std::uint64_t> waiting_;                         // calls not sent yet
  std::map<base::partition_id, std::deque<sent_event>> sent_; // in the order sent
  std::size_t credit_ = 0;
  std::size_t unsettled_ = 0;
};

} // namespace cxstream::protocols
