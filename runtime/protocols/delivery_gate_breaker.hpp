// circuit_breaker: whether a target as a whole is well, judged by the outcomes of calls. It decides when calls may be
// made and how long to leave the target alone. Pure; part of delivery_gate, whose invariants 3 and 5 are kept here.
#pragma once

#include "base/time.hpp"
#include "ports/metrics.hpp"
#include "protocols/backoff.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace cxstream::protocols {

struct breaker_policy {
  std::uint32_t failures_to_open = 8;    // transient outcomes in a row, of at least three tickets
  std::uint32_t unreachable_to_open = 2; // calls in a row without an answer
  std::uint32_t blame_after = 3;         // see delivery_gate, invariant 6
  base::duration open_initial{std::chrono::seconds{1}};
  base::duration open_max{std::chrono::minutes{1}};
};

class circuit_breaker {
public:
  explicit circuit_breaker(const breaker_policy& policy) : policy_(policy) {
  }

  // What the events of one call say, in their order.
  class evidence {
  public:
    explicit evidence(circuit_breaker& owner) : owner_(owner) {
    }
    void good();                          // delivered or permanent: the target works
    void failed(std::string_view ticket); // transient
    void unreachable();
    void throttled(std::optional<base::duration> retry_after);

  private:
    friend class circuit_breaker;
    circuit_breaker& owner_;
    bool good_ = false;
    bool new_failure_ = false; // of a ticket that had not failed since the last good outcome
    bool unreachable_ = false; // since the last good outcome of this call
    bool throttled_ = false;
    std::optional<base::duration> retry_after_;
  };
  // The call is over. `was_probe`: it was the one made while half open.
  void conclude(const evidence& found, bool was_probe, base::timestamp now, double random01);

  // True when a call may be made now; when it is the probe of an open breaker, the breaker is half open from then on.
  bool may_call(base::timestamp now) const;
  // Precondition: may_call(now). Returns true for a probe.
  bool call_made();
  // When may_call() turns true by itself; none while a probe is awaited.
  std::optional<base::timestamp> opens_at() const;

  ports::breaker_state state() const {
    return state_;
  }
  base::timestamp throttled_until() const {
    return throttled_until_;
  }
  // delivered and permanent outcomes seen so far.
  std::uint64_t good_outcomes() const {
    return good_outcomes_;
  }

private:
  void open(base::timestamp now, double random01);
  backoff_policy pause() const {
    return {policy_.open_initial, policy_.open_max, 2.0, 0.2};
  }

  breaker_policy policy_;
  ports::breaker_state state_ = ports::breaker_state::closed;
  base::timestamp open_until_{};
  base::timestamp throttled_until_{};
  std::uint64_t good_outcomes_ = 0;
  // Since the last good outcome:
  std::uint32_t failures_ = 0;
  std::uint32_t unreachable_ = 0;
  std::uint32_t throttles_ = 0;
  std::uint32_t opened_ = 0;                // pauses that were made longer each time
  std::unordered_set<std::size_t> failing_; // hashes of tickets; bounded
};

} // namespace cxstream::protocols
