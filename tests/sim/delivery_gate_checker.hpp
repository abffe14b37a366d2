// Judges a run of delivery_gate by what was offered, called, answered by the target and given back. It keeps its own
// idea of when the target is down. The first broken promise throws.
#pragma once

#include "sim/sink_lanes_checker.hpp" // broken_promise

#include "protocols/delivery_gate.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cxstream::sim {

class delivery_gate_checker {
public:
  delivery_gate_checker(const protocols::gate_limits& limits, const protocols::breaker_policy& policy)
      : limits_(limits), policy_(policy) {
  }

  void offered(const protocols::offered_batch& batch);
  void called(const protocols::target_call& call, base::timestamp now);
  // The target's answer to a call, before the gate hears of it.
  void target_answered(std::uint64_t call, std::span<const ports::delivery_outcome> outcomes, base::timestamp now);
  void given_back(const protocols::gate_answer& answer);
  // The gate was given its partitions' batches back, not by a call.
  void withdrawn() {
    call_answered_.clear();
  }
  bool nothing_inside() const {
    return inside_.empty();
  }
  // By the outcomes alone, the target is down and no call but a probe may be made.
  bool down() const;

private:
  using place = std::pair<std::uint64_t, std::uint32_t>; // delivery id (unique over partitions here), position
  struct event {
    std::string ticket;
    std::uint64_t sequence;
    std::string affinity;
    bool background;
  };
  void check_company(const protocols::target_call& call) const;
  void check_allowance(base::timestamp now);
  void check_order(const ports::delivery& event, const std::set<place>& in_call) const;
  place place_of(const ports::delivery& e) const {
    return at_.at({e.ticket_id, e.sequence.value});
  }

  protocols::gate_limits limits_;
  protocols::breaker_policy policy_;
  std::map<place, event> inside_;                             // offered and not given back
  std::map<std::pair<std::string, std::uint64_t>, place> at_; // ticket, sequence
  std::map<std::uint64_t, protocols::target_call> calls_;
  std::map<std::string, std::uint64_t> newest_taken_;
  std::map<place, ports::delivery_result> call_answered_; // by the last answer
  base::timestamp quiet_until_{};                         // the target asked for it
  std::optional<base::timestamp> last_failed_at_;         // last answer without a good outcome, while down
  std::set<std::uint64_t> old_calls_;                     // in flight when it went down
  // Since the last good outcome:
  std::uint32_t unreachable_ = 0;
  std::uint32_t failures_ = 0;
  std::set<std::string> failing_;
  std::vector<base::timestamp> called_at_;
};

} // namespace cxstream::sim
