// The letter watch: one a node. Counts the dead letters now and then, tells the metrics how many there are and how old
// the oldest is, and says when there are more, or older ones, than an operator wants.
//
// Invariant: counting takes at most a twentieth of the time, however many letters there are.
#pragma once

#include "actors/messages.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/store.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cxstream::actors {

using letter_watch_actor = caf::typed_actor<
    // To itself: count.
    caf::reacts_to<tick_atom>,
    // End.
    caf::replies_to<stop_atom>::with<verdict>>;

// Beyond them a warning is raised. 0: never.
struct letter_thresholds {
  std::uint64_t letters = 0;   // of one stage and sink
  std::chrono::seconds age{0}; // of the oldest
};

// What was counted last. Thread-safe.
class letter_board {
public:
  using place = std::pair<std::string, std::string>; // stage, sink
  struct count {
    std::uint64_t letters = 0;
    base::timestamp oldest{};
    std::string warning; // empty: within the thresholds
  };

  std::map<place, count> all() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }
  void put(std::map<place, count> counts) {
    const std::lock_guard lock(mutex_);
    counts_ = std::move(counts);
  }

private:
  mutable std::mutex mutex_;
  std::map<place, count> counts_;
};

struct letter_watch_config {
  ports::store& store;
  const ports::clock& clock;
  ports::metrics& metrics;
  ports::log& log;
  std::shared_ptr<letter_board> board;
  letter_thresholds thresholds;
  std::chrono::milliseconds every{15'000};
};

class letter_watch_state {
public:
  static inline const char* name = "letter_watch";

  explicit letter_watch_state(letter_watch_actor::pointer self) : self_(self) {
  }
  letter_watch_actor::behavior_type start(letter_watch_config config);

private:
  void count();
  std::string warning_of(const letter_board::count& count, base::timestamp now) const;

  letter_watch_actor::pointer self_;
  std::optional<letter_watch_config> config_;
};

letter_watch_actor::behavior_type letter_watch(letter_watch_actor::stateful_pointer<letter_watch_state> self,
                                               letter_watch_config config);

} // namespace cxstream::actors
