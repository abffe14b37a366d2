// payload_volume: whether a source sends as many payloads in an hour as it does in that hour of the day on other days.
// Pure: the time comes as an argument; one owner.
//
// For each hour of the day (UTC) it keeps a mean over the days, newer days counting more. A whole hour that brings half
// of it or less is a drop, twice of it or more a double; told once, and not again until an hour was near the mean. What
// is expected of an hour counts only after three days, and from 20 payloads on: below that, chance halves and doubles.
//
// Invariants:
//  1. Only hours that were watched from beginning to end are judged or learned from: a node that was down has seen no
//  drop.
//  2. The mean follows what comes, also while that is far from it: a new level becomes the usual one within days.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/schema.pb.h"

#include <array>
#include <optional>
#include <string>

namespace cxstream::protocols {

struct volume_change {
  v1::DriftKind kind;
  std::string detail; // for people
};

class payload_volume {
public:
  payload_volume() = default;
  explicit payload_volume(const v1::SchemaVolume& kept);
  v1::SchemaVolume state() const;

  // Time passes. To be called every few minutes at least: an hour with a longer silence between calls counts as not
  // watched.
  std::optional<volume_change> watch(base::timestamp now);
  // A payload came; after watch(now).
  void count() {
    ++payloads_;
  }

private:
  std::optional<volume_change> judge();

  struct usual {
    double mean = 0;
    std::uint32_t days = 0;
  };
  std::int64_t hour_ = -1;
  std::uint64_t payloads_ = 0;
  bool whole_ = false;
  std::int64_t watched_us_ = 0;
  std::array<usual, 24> usual_{};
  v1::DriftKind state_ = v1::DRIFT_KIND_UNSPECIFIED;
};

} // namespace cxstream::protocols
