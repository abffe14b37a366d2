// Counts feedback by what it is about: canonical tag, driver and sink, beside the events that the sink wanted of them,
// so that the taxonomy and the enricher can be tuned where they are wrong most. Pure; owned by one thread.
//
// Invariants:
//  1. Events are added in the order of their tickets' histories; a flagged delivery counts under the tag and driver
//  that
//     the ticket had when it was flagged.
//  2. Feedback itself counts as no delivery.
#pragma once

#include "model/filter.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace cxstream::model {

struct feedback_row {
  std::string canonical_tag; // empty: none
  std::string driver;
  std::string sink;
  std::uint64_t flagged = 0;
  std::uint64_t wanted = 0; // events that pass the sink's filter; 0 when the sink is not known any more
};

class feedback_tally {
public:
  // The sinks' filters by name.
  explicit feedback_tally(std::map<std::string, compiled_filter> sinks) : sinks_(std::move(sinks)) {
  }
  void add(const v1::CanonicalEvent& event);
  // Rows with feedback; the most flagged first, then by name.
  std::vector<feedback_row> rows() const;
  std::uint64_t flagged() const {
    return flagged_;
  }

private:
  struct theme {
    std::string tag;
    std::string driver;
  };
  using place = std::tuple<std::string, std::string, std::string>; // tag, driver, sink
  struct counts {
    std::uint64_t flagged = 0;
    std::uint64_t wanted = 0;
  };

  std::map<std::string, compiled_filter> sinks_;
  std::unordered_map<std::string, theme> tickets_;
  std::map<place, counts> counts_;
  std::uint64_t flagged_ = 0;
};

} // namespace cxstream::model
