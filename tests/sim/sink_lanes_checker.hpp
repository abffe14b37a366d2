// Judges a run of sink_lanes by a truth of its own: the history it knows, what was written, what the target really did.
// It never asks the machine. The first broken promise throws.
#pragma once

#include "sim/sink_lanes_disk.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace cxstream::sim {

struct broken_promise : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct sim_event {
  std::uint64_t offset = 0;
  std::uint64_t sequence = 0;
  std::string ticket;
  bool wanted = true;
  bool poisoned = false; // the target will never take it
  bool late = false;

  std::string bytes() const {
    return ticket + "#" + std::to_string(sequence);
  }
};

class sink_lanes_checker {
public:
  sink_lanes_checker(const protocols::sink_limits& limits, const protocols::retry_policy& retry)
      : limits_(limits), retry_(retry) {
  }

  // The history, as it grows.
  std::vector<sim_event> history;
  const sim_event& at(std::uint64_t offset) const {
    return history[by_offset_.at(offset)];
  }
  void append(sim_event event);
  // The target takes it from now on.
  void heal(std::uint64_t offset) {
    history[by_offset_.at(offset)].poisoned = false;
  }
  std::uint64_t events_below(std::uint64_t offset) const;

  // What the world did.
  void delivery_sent(const protocols::outgoing_delivery& sent, const sim_disk& disk, base::timestamp now);
  // The target did this; the sink may never hear of it.
  void target_took(std::uint64_t delivery, const ports::delivery& event);
  // The sink was told; one call for each event answered.
  void told(std::uint64_t delivery, std::uint32_t position, const ports::delivery_outcome& outcome,
            base::timestamp now);
  // The sink says what became of events that were sent once more.
  void replayed(const std::vector<protocols::replayed>& replays);
  void requeued(std::uint64_t offset) {
    failures_.erase(offset);
    requeued_.insert(offset);
  }
  void discarded(std::uint64_t offset) {
    told_discarded_.insert(offset);
  }
  void sought(std::uint64_t next);
  void crashed();
  // All that was told is written.
  void written(const sim_disk& disk);

  // What a caller of requeue() has to know.
  bool newer_delivered(const sim_disk& disk, const sim_event& event) const;
  bool newer_in_flight(const sim_event& event) const;
  // Everything has ended: delivered to the target, dead or discarded.
  void nothing_left(const sim_disk& disk) const;

private:
  struct in_flight {
    protocols::outgoing_delivery sent;
    std::set<std::uint32_t> open;
    bool before_seek = false;
    std::map<std::string, std::set<std::uint64_t>> carries; // by ticket: coalesced events
  };
  struct failure {
    std::uint32_t attempts = 0;
    base::timestamp not_before;
  };
  static bool decided(const sim_disk& disk, std::uint64_t offset);
  static const v1::WaitingEntry* waiting(const sim_disk& disk, const sim_event& event);
  void check_sent(const ports::delivery& event, const sim_disk& disk, base::timestamp now,
                  const std::set<std::uint64_t>& before_in_batch) const;
  void check_event(const sim_event& event, const sim_disk& disk) const;
  void find_coalesced(const sim_disk& disk);
  void check_coalesced(const sim_event& event, const sim_disk& disk);
  void check_replayed(const ports::delivery& event, const sim_disk& disk) const;
  bool is_in_flight(std::uint64_t offset) const;

  protocols::sink_limits limits_;
  protocols::retry_policy retry_;
  std::map<std::uint64_t, std::size_t> by_offset_;
  std::map<std::string, std::vector<std::size_t>> by_ticket_;
  std::map<std::uint64_t, in_flight> in_flight_;
  std::uint64_t era_from_ = 0; // place of the last seek

  std::set<std::uint64_t> delivered_;      // in this era, written
  std::set<std::uint64_t> told_delivered_; // not yet written
  std::set<std::uint64_t> discarded_;
  std::set<std::uint64_t> told_discarded_;
  std::map<std::uint64_t, failure> failures_;      // transient ones, written
  std::map<std::uint64_t, failure> told_failures_; // not yet written
  std::set<std::uint64_t> coalesced_;              // in this era, written
  std::set<std::uint64_t> kept_;                   // below the place of the last seek, in the account all the same
  std::set<std::uint64_t> requeued_;               // ever
  std::set<std::uint64_t> dead_;                   // written
  std::map<std::string, std::set<std::uint64_t>> uncarried_; // coalesced and not yet carried to the target, by ticket
  // By ticket: a coalesced event that was not late, while nothing newer was sent.
  std::map<std::string, std::uint64_t> on_time_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> replays_told_; // and not yet given out
  std::set<std::uint64_t> target_has_;                             // ever
  std::map<std::string, std::uint64_t> newest_taken_;              // sequence; by the target, of what the sink can know
};

} // namespace cxstream::sim
