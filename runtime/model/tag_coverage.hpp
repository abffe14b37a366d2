// How much of what sources say a taxonomy knows, and which raw tags have no home, by volume. Pure; owned by one thread.
// Exact; memory grows with the distinct unknown tags (bounded) and with the tickets that each occurs on (8 bytes each).
#pragma once

#include "model/taxonomy.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace cxstream::model {

// Distinct numbers, gathered without a node for each.
class distinct_hashes {
public:
  void add(std::uint64_t hash);
  std::size_t count();

private:
  void compact();

  std::vector<std::uint64_t> hashes_; // up to compacted_: sorted, each once
  std::size_t compacted_ = 0;
};

struct coverage_counts {
  std::uint64_t events = 0;  // all that were looked at
  std::uint64_t tagged = 0;  // of these: with raw tags
  std::uint64_t covered = 0; // of these: at least one raw tag is known

  // Of the events with raw tags; 1 when there are none.
  double share() const {
    return tagged == 0 ? 1.0 : static_cast<double>(covered) / static_cast<double>(tagged);
  }
};

struct homeless_tag {
  std::string tag;             // as first seen
  std::uint64_t events = 0;    // that have it
  std::uint64_t uncovered = 0; // of these: that have no known tag beside it
  std::uint64_t tickets = 0;   // distinct
  double share = 0;            // events, of all that have raw tags
};

class tag_coverage {
public:
  static constexpr std::size_t tags_remembered_max = 1'000'000;

  explicit tag_coverage(taxonomy rules) : rules_(std::move(rules)) {
  }

  // Events that retagging made are left out: they repeat the tags of others.
  void add(const v1::CanonicalEvent& event);

  const coverage_counts& total() const {
    return total_;
  }
  const std::map<std::string, coverage_counts>& by_source() const {
    return by_source_;
  }
  // The unknown tags on most events first, at most `top`; 0: all.
  std::vector<homeless_tag> homeless(std::size_t top);
  std::size_t homeless_count() const {
    return tags_.size();
  }
  // Occurrences of unknown tags beyond those that could be remembered.
  std::uint64_t forgotten() const {
    return forgotten_;
  }

private:
  struct volume {
    std::string tag;
    std::uint64_t events = 0;
    std::uint64_t uncovered = 0;
    distinct_hashes tickets;
  };

  taxonomy rules_;
  coverage_counts total_;
  std::map<std::string, coverage_counts> by_source_;
  std::unordered_map<std::string, volume> tags_; // by tag in lower case
  std::uint64_t forgotten_ = 0;
};

} // namespace cxstream::model
