// One sink of one partition as its owner would run it, on simulated time: a disk, a target that fails by seed,
// operators that pause, seek, requeue and discard, and crashes between any two steps. Everything is drawn from the
// seed.
#pragma once

#include "sim/sink_lanes_checker.hpp"
#include "sim/sink_lanes_dice.hpp"
#include "sim/sink_lanes_disk.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cxstream::sim {

// What was really reached; floors are set on the sum over all seeds.
struct sink_lanes_tally {
  std::uint64_t events = 0, crashes = 0, sent = 0, retries = 0, dead = 0, waited = 0, loads = 0;
  std::uint64_t requeued = 0, requeued_older = 0, refused_superseded = 0, discarded = 0, seeks = 0, pauses = 0;
  std::uint64_t coalesced = 0, coalesced_waiting = 0, replayed = 0, replays_busy = 0;

  void add(const sink_lanes_tally& other);
};

// A defect of the machine, put between it and its owner, or of the owner.
struct sink_lanes_mutant {
  enum class owner : std::uint8_t { sound, sends_before_writing, forgets_lanes, knows_no_lateness, always_coalesces };
  std::string name;
  std::function<void(protocols::sink_effects&, const sim_disk&, dice&)> corrupt;
  owner defect = owner::sound;
};

class sink_lanes_world {
public:
  explicit sink_lanes_world(std::uint64_t seed, const sink_lanes_mutant* mutant = nullptr);

  // Throws broken_promise.
  void run();
  const sink_lanes_tally& tally() const {
    return tally_;
  }

private:
  struct strength { // of the faults
    double transient, permanent, poisoned_ticket, give_back, crash, operators;
  };
  struct in_flight {
    protocols::outgoing_delivery sent;
    std::uint32_t answered = 0;     // a prefix
    std::set<std::string> stumbled; // tickets with an event that was not delivered
  };
  struct load_under_way {
    protocols::load_waiting asked;
    std::optional<protocols::loaded_event> found; // read ahead of the answer
  };

  bool owner_is(sink_lanes_mutant::owner defect) const {
    return mutant_ != nullptr && mutant_->defect == defect;
  }
  void append(std::uint64_t events);
  void restart();
  void call(const std::function<void(protocols::sink_effects&)>& what);
  bool flush(); // false: it crashed
  void send(const protocols::sink_effects& fx);
  void crash();

  void step();
  void operate();
  void read();
  void answer_page();
  void answer_delivery();
  void answer_load();
  void let_time_pass();
  void requeue();
  void discard();
  void replay();
  void seek();
  ports::delivery_outcome outcome_of(in_flight& delivery, const ports::delivery& event);
  std::optional<protocols::loaded_event> load(const protocols::load_waiting& asked) const;
  void run_until_quiet(const std::string& what);
  bool idle();
  void check_others_flow();

  dice dice_;
  const sink_lanes_mutant* mutant_;
  protocols::sink_limits limits_;
  protocols::retry_policy retry_;
  strength faults_;
  std::uint64_t tickets_;
  std::set<std::string> poisoned_;
  base::timestamp now_ = base::from_us(1'000'000'000);

  sim_disk disk_;
  sink_lanes_checker checker_;
  std::optional<protocols::sink_lanes> machine_;
  protocols::sink_effects gathered_;
  std::optional<std::uint64_t> seek_unwritten_; // its place
  std::vector<in_flight> in_flight_;
  std::vector<load_under_way> loads_;
  std::optional<protocols::history_page> page_;
  std::map<std::string, std::uint64_t> sequences_;
  std::uint64_t log_end_ = 0;
  bool quiet_ = false; // no faults but poisoned tickets
  sink_lanes_tally tally_;
};

} // namespace cxstream::sim
