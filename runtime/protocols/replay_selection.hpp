// Which events of the history a replay sends. Pure.
#pragma once

#include "base/result.hpp"
#include "model/filter.hpp"
#include "ports/event_bytes.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/replay.pb.h"

namespace cxstream::protocols {

// Error: invalid_argument, when it names no sink or a time span that is empty.
base::result<void> check(const v1::ReplaySelection& selection);
// Whether an event, with what the pipeline knows of it, meets every condition.
bool selected(const v1::ReplaySelection& selection, const v1::CanonicalEvent& event);

// Tells which events of the history a replay sends: selected ones that the sink wants. References are kept.
class replay_sieve {
public:
  replay_sieve(const v1::ReplaySelection& selection, const model::compiled_filter& filter)
      : selection_(selection), filter_(filter) {
  }
  // False also for bytes that are no event.
  bool takes(const ports::event_bytes& event);

private:
  const v1::ReplaySelection& selection_;
  const model::compiled_filter& filter_;
  v1::CanonicalEvent event_; // keeps its memory between events
};

} // namespace cxstream::protocols
