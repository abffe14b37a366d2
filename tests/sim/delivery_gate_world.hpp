// One sink's delivery_gate between several partitions and a target that goes down, chokes and recovers, on simulated
// time. Everything is drawn from the seed.
#pragma once

#include "sim/delivery_gate_checker.hpp"
#include "sim/sink_lanes_dice.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cxstream::sim {

struct delivery_gate_tally {
  std::uint64_t offered = 0, calls = 0, merged = 0, openings = 0, closings = 0, probes = 0, throttles = 0,
                unreachable = 0;
  std::uint64_t spent = 0, skipped = 0, withdrawn = 0, refused = 0;
  std::uint64_t affine = 0, background = 0, budgets_spent = 0, rate_waits = 0, shrunk = 0;

  void add(const delivery_gate_tally& other);
};

// A defect put between the gate and its owner, or of the owner.
struct delivery_gate_mutant {
  std::string name;
  std::function<void(protocols::gate_effects&, dice&)> corrupt;
  base::duration hurries{}; // its timer comes too early by this
  enum class owner : std::uint8_t {
    sound,
    forgets_affinity,
    forgets_doubles,
    forgets_rate,
    forgets_budget
  } defect = owner::sound;
};

class delivery_gate_world {
public:
  explicit delivery_gate_world(std::uint64_t seed, const delivery_gate_mutant* mutant = nullptr);

  // Throws broken_promise.
  void run();
  const delivery_gate_tally& tally() const {
    return tally_;
  }

private:
  enum class mood : std::uint8_t { well, unreachable, failing, throttling };
  struct ticket {
    std::uint64_t next = 1; // lowest sequence not settled
    std::uint32_t attempts = 0;
    std::size_t inside = 0; // events in the gate
  };

  bool owner_is(delivery_gate_mutant::owner defect) const {
    return mutant_ != nullptr && mutant_->defect == defect;
  }
  protocols::gate_limits limits_for_gate() const;
  std::string affinity_of(std::uint64_t number, std::uint64_t sequence) const;
  void call(const std::function<void(protocols::gate_effects&)>& what);
  void step();
  void offer();
  void answer();
  void let_time_pass();
  void withdraw();
  void take_back(const protocols::gate_answer& answer);
  ports::delivery_outcome outcome_of(const ports::delivery& event);
  std::vector<ports::delivery_outcome> outcomes_of(const std::vector<ports::delivery>& events);

  dice dice_;
  const delivery_gate_mutant* mutant_;
  protocols::gate_limits limits_;
  protocols::breaker_policy policy_;
  std::uint64_t tickets_;
  std::uint64_t accounts_; // 0: no affinities
  double poisoned_;        // share of tickets that always fail
  double mood_swing_;      // chance a step
  bool offering_ = true;
  mood mood_ = mood::well;
  base::timestamp now_ = base::from_us(1'000'000'000);

  protocols::delivery_gate gate_;
  delivery_gate_checker checker_;
  std::map<std::uint64_t, ticket> state_;
  std::map<std::uint64_t, std::vector<ports::delivery>> batches_; // by delivery id
  std::vector<protocols::target_call> calls_;
  std::uint64_t deliveries_ = 0;
  delivery_gate_tally tally_;
};

} // namespace cxstream::sim
