// sla_book: how one sink keeps what was promised of its speed. Counts events by five-minute spans and answers how much
// of the budget of missed events is left and how fast it is being spent. Pure; whoever owns it feeds it times and
// stores what changed.
//
// What counts (docs/operating.md):
//  - An event is kept when it is delivered within `within` of its start, slow when later, dead when it is given up.
//  - An event that came to cxstream when its time was over already, one received before the sink was measured, and one
//    received before the sink was last moved (a replay) are delivered without being measured.
//
// Invariants:
//  1. The counts of a span are those of the moment of delivery, so a slow event burns the budget when it arrives.
//  2. At most a window and two days are in memory: spans_max spans.
//  3. What take_changed() named, stored and loaded again gives the same answers.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/sla.pb.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace cxstream::protocols {

enum class sla_from : std::uint8_t { occurred, received };

struct sla_promise {
  double share = 0.99; // below 1
  std::chrono::milliseconds within{60'000};
  sla_from from = sla_from::occurred;
  std::chrono::seconds window{28 * 24 * 3'600};
};

struct sla_counts {
  std::uint64_t kept = 0;
  std::uint64_t slow = 0;
  std::uint64_t dead = 0;
  std::uint64_t unmeasured = 0;

  std::uint64_t measured() const {
    return kept + missed();
  }
  std::uint64_t missed() const {
    return slow + dead;
  }
  sla_counts& operator+=(const sla_counts& other);
  bool operator==(const sla_counts&) const = default;
};

class sla_book {
public:
  static constexpr std::chrono::minutes span{5};
  static constexpr std::chrono::seconds window_max{90 * 24 * 3'600};
  static constexpr std::size_t spans_max = std::size_t{90 + 2} * 24 * 12; // five minutes each

  // `since`: nothing before it is measured.
  sla_book(const sla_promise& promise, base::timestamp since) : promise_(promise), since_(since) {
  }

  void delivered(base::timestamp occurred, base::timestamp received, base::timestamp now);
  void dead(std::uint64_t events, base::timestamp now);
  // The sink was moved: what it delivers from here on and got before is a replay.
  void moved(base::timestamp now) {
    moved_ = now;
  }

  // Counts of [from, to), by whole spans.
  sla_counts between(base::timestamp from, base::timestamp to) const;
  // Counts of the promise's window until now.
  sla_counts window(base::timestamp now) const;
  // 1: nothing spent; 0: spent; negative: overspent. 1 as long as nothing is measured.
  double budget_left(base::timestamp now) const;
  // Times as fast as the budget allows, over this long until now; 0 where nothing is measured.
  double burn_rate(std::chrono::seconds over, base::timestamp now) const;

  // Hours (since 1970) whose counts changed since the last call.
  std::vector<std::int64_t> take_changed();
  v1::SlaHour hour(std::int64_t number) const;
  void load(std::int64_t hour, const v1::SlaHour& counts);
  // Drops what no window reaches any more; the first hour that is kept.
  std::int64_t forget(base::timestamp now);

  const sla_promise& promise() const {
    return promise_;
  }
  base::timestamp since() const {
    return since_;
  }
  base::timestamp moved_at() const {
    return moved_;
  }
  void set_moved_at(base::timestamp at) {
    moved_ = at;
  }

private:
  bool is_measured(base::timestamp occurred, base::timestamp received) const;
  sla_counts& at(base::timestamp now);

  sla_promise promise_;
  base::timestamp since_;
  base::timestamp moved_{};                  // 1970: never
  std::map<std::int64_t, sla_counts> spans_; // by span since 1970
  std::set<std::int64_t> changed_;           // hours
};

} // namespace cxstream::protocols
