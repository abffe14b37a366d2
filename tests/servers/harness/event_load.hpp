// What the tests of warehouses under faults have in common: a load that is delivered until it is taken, or until the
// target is full.
#pragma once

#include "ports/target.hpp"
#include "unit/connectors/deliveries.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace cxstream::servers {

// Events of 97 tickets in five partitions, with some members in each dimension.
class event_load {
public:
  std::vector<ports::delivery> next(std::size_t count);
  // One of the test's own, in its place in the log; not counted.
  ports::delivery add(v1::CanonicalEvent event) {
    return log_.add(std::move(event));
  }
  // How many there were.
  std::size_t made() const {
    return made_;
  }

private:
  connectors_test::log_of_events log_;
  std::size_t made_ = 0;
};

// Batches until one is not delivered, which is returned with what was said of it; nothing when so many were.
struct refused_batch {
  std::vector<ports::delivery> events;
  std::vector<ports::delivery_outcome> outcomes;
};
refused_batch deliver_until_refused(ports::target& target, event_load& load, std::size_t batch, int batches_max);

// As a sink does: the same events again until they are delivered. False when the time (90 s) is over.
bool deliver_until_taken(ports::target& target, std::span<const ports::delivery> events);

} // namespace cxstream::servers
