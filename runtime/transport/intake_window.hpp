// intake_window: what one ingest stream still owes its client, and whether it may read more. Pure; the caller locks.
//
// A batch counts from the moment it is read until its answer is on the wire, so answers that a slow client does not
// fetch hold back reading like events that are not yet durable. A batch of no events counts as one: nothing is free.
#pragma once

#include "base/credit.hpp"

#include <cstdint>
#include <unordered_map>

namespace cxstream::transport {

class intake_window {
public:
  struct limits {
    std::uint64_t events_max = base::credit_events_default;
    std::uint64_t bytes_max = 16u << 20u;
  };

  explicit intake_window(limits most) : most_(most) {
  }

  void taken(std::uint64_t batch_id, std::uint64_t events, std::uint64_t bytes);
  // The answer to a batch left. Returns the bytes it held; 0 for a batch that is not owed. Clients may use an id twice:
  // of several, one with this number of events is meant.
  std::uint64_t answered(std::uint64_t batch_id, std::uint64_t events);
  // Forgets everything; returns the bytes held.
  std::uint64_t clear();

  bool open() const {
    return events_ < most_.events_max && bytes_ < most_.bytes_max;
  }
  bool empty() const {
    return batches_.empty();
  }
  std::uint64_t bytes() const {
    return bytes_;
  }

private:
  struct cost {
    std::uint64_t events;
    std::uint64_t bytes;
  };
  limits most_;
  std::unordered_multimap<std::uint64_t, cost> batches_;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace cxstream::transport
