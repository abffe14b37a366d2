// delivery_gate: the brain of one sink on a node, between all its partitions and the target's workers. It queues the
// partitions' deliveries, lets `concurrency` calls run, merges small deliveries into one call, and is the circuit
// breaker: while the target as a whole is down or asks for a pause, deliveries are held here and no event's attempts
// are spent. Pure: no clock, no randomness of its own. Owned by one actor.
//
// Invariants:
//  1. Every event offered gets exactly one outcome back: delivered, transient, permanent or skipped. unreachable,
//     throttled and deferred stay inside.
//  2. Events of one ticket keep their order: what is skipped behind a held event is held with it.
//  3. At most `concurrency` calls are in flight; while open none is started; half open, one.
//  4. At most queue_batches_max deliveries are inside; calls are never larger than batch_events_max, except where one
//     delivery alone is.
//  5. One delivered or permanent outcome closes the breaker. Only failures that say something new make its pause grow:
//     an unreachable target, or a ticket that had not failed since the last good outcome; so a few poisoned tickets
//     never shut out others for longer than a first pause.
//  6. An event that was held, and is answered with unreachable or throttled again although the target has taken others
//     since, is to blame itself: after blame_after such answers it goes back as transient.
//  7. Two calls in flight never hold events with the same affinity. Where the target wants one event of a ticket in a
//     call, a call has no two: a second one that is offered in the same batch is given back as skipped. All events of a
//     ticket that are in one batch and may go leave in one call, or none.
//  8. Nothing is called beyond the rate, nor once the day's budget is spent; what is held by them spends no attempts.
//  9. Background batches are called only while no other batch could be, take at most half the calls (at least one), and
//     never the last fifth of a budget.
// 10. While a ticket of the target is mended, no event of it is in a call.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "ports/metrics.hpp"
#include "ports/target.hpp"
#include "protocols/adaptive_concurrency.hpp"
#include "protocols/call_allowance.hpp"
#include "protocols/delivery_gate_breaker.hpp"
#include "protocols/sink_lanes_types.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace cxstream::protocols {

struct gate_limits {
  std::size_t batch_events_max = 1;      // target_traits
  std::size_t concurrency = 1;           // target_traits
  std::size_t queue_batches_max = 1'024; // partitions * batches_in_flight_max, or more
  std::size_t concurrency_min = 0;       // below `concurrency`: adapts between the two; 0: does not
  bool one_event_a_ticket = false;       // target_traits
  bool request_an_event = false;         // target_traits
  allowance_policy allowance = {};
};

// A delivery of a partition's sink_lanes.
struct offered_batch {
  base::partition_id partition;
  std::uint64_t delivery_id = 0; // unique within the partition
  std::vector<ports::delivery> events;
  bool background = false; // see invariant 9
};

// To be given to a free worker; on_answer takes its outcomes, one an event in this order.
struct target_call {
  std::uint64_t id = 0;
  std::shared_ptr<const std::vector<ports::delivery>> events;
};

// Outcomes of some or all events of an offered batch; for sink_lanes::on_outcomes.
struct gate_answer {
  base::partition_id partition;
  std::uint64_t delivery_id = 0;
  std::vector<settled_event> events;
};

// Whether a ticket may be mended now. It may not when the connector has put off an event of it: what was begun for that
// may end at any moment.
struct mend_turn {
  std::string ticket_id;
  bool granted = false;
};

struct gate_effects {
  std::vector<target_call> calls;
  std::vector<mend_turn> turns;
  std::vector<gate_answer> answers;
  std::optional<ports::breaker_state> state; // where it changed; the last one
};

// Why nothing is called although something is queued.
enum class held_by : std::uint8_t { nothing, breaker, throttled, rate, budget };
std::string_view name_of(held_by why);

class delivery_gate {
public:
  // `spent`: of the budget, before the gate was made.
  delivery_gate(const gate_limits& limits, const breaker_policy& policy, const budget_account& spent = {});

  // False when the queue is full; the batch is then untouched.
  [[nodiscard]] bool offer(offered_batch&& batch, base::timestamp now, gate_effects& fx);
  // Missing outcomes count as transient. An unknown call is ignored. `random01` in [0, 1] draws the jitter of pauses.
  void on_answer(std::uint64_t call_id, std::span<const ports::delivery_outcome> outcomes, base::timestamp now,
                 double random01, gate_effects& fx);
  void on_timer(base::timestamp now, gate_effects& fx);
  // When on_timer() has something to do; none when nothing is queued or nothing is awaited.
  std::optional<base::timestamp> next_due() const;
  // Answers the partition's queued batches with skipped (before a seek, or when the partition leaves). Those in a call
  // are answered as usual.
  void withdraw(base::partition_id partition, gate_effects& fx);

  // Holds the ticket's events back until end_mend(), and gives its turn as soon as none of them is in a call; a turn
  // that is not granted is over. Precondition: the ticket is not being mended.
  void begin_mend(const std::string& ticket_id, gate_effects& fx);
  void end_mend(const std::string& ticket_id, base::timestamp now, gate_effects& fx);

  ports::breaker_state state() const {
    return breaker_.state();
  }
  // Until when the target wants to be left alone; epoch when it never asked.
  base::timestamp throttled_until() const {
    return breaker_.throttled_until();
  }
  // Offered and not wholly answered.
  std::size_t batches() const {
    return batches_;
  }
  std::size_t calls_in_flight() const {
    return calls_.size();
  }
  // Calls that may run side by side now.
  std::size_t concurrency() const {
    return concurrency_.limit();
  }
  const budget_account& budget() const {
    return allowance_.budget();
  }
  // Requests of the day that now runs.
  std::uint64_t budget_spent(base::timestamp now) const {
    return allowance_.spent(now);
  }
  base::timestamp budget_resets_at(base::timestamp now) const {
    return allowance_.resets_at(now);
  }
  held_by held(base::timestamp now) const;
  // Why the last event or call failed; empty when none did.
  const std::string& last_error() const {
    return last_error_;
  }

private:
  // A batch, or what is left of it.
  struct part {
    offered_batch batch;                         // its events travel in the call while it is in one
    std::vector<std::uint32_t> positions;        // of its events in the batch as offered
    base::timestamp not_before{};                // while closed
    bool deferred = false;                       // by the connector, until not_before: it may then go with others
    std::uint32_t blamed = 0;                    // see invariant 6
    std::optional<std::uint64_t> good_when_held; // good outcomes there were when it was last held
    bool affine = false;                         // an event of it has an affinity
  };
  struct call {
    std::vector<part> parts; // their events one after the other
    std::shared_ptr<const std::vector<ports::delivery>> events;
    base::timestamp made_at;
    bool background = false;
  };
  // A call in the making.
  struct draft {
    call made;
    std::vector<ports::delivery> events;
    std::unordered_set<std::string> tickets; // only where one_event_a_ticket
  };
  // What an outcome means for its event.
  enum class fate : std::uint8_t { settled, failed, behind_failed, held, throttled, behind_held, deferred };
  struct verdict {
    fate what = fate::settled;
    ports::delivery_outcome outcome;
  };

  std::vector<verdict> judge(const call& made, std::span<const ports::delivery_outcome> outcomes,
                             circuit_breaker::evidence& found);
  void answer(call made, std::vector<verdict> verdicts, std::uint64_t good_before, base::timestamp now,
              gate_effects& fx);
  static std::optional<base::timestamp> deferred_until(std::span<const verdict> verdicts, base::timestamp now);
  bool blame(part& p, std::span<const verdict> verdicts, std::uint64_t good_before) const;
  void hold(part p, std::vector<ports::delivery> events, bool keeps_place, base::timestamp now);
  void defer(part p, std::vector<ports::delivery> events, base::timestamp until);
  void pump(base::timestamp now, gate_effects& fx);
  void make_call(std::size_t first, base::timestamp now, gate_effects& fx);
  std::optional<std::size_t> next_part(base::timestamp now) const;
  // delivery_gate_calls.cpp
  void give_back_doubles(offered_batch& batch, part& p, gate_effects& fx);
  std::vector<bool> fitting(const part& p, const draft& d) const;
  bool fits_somehow(const part& p, const draft& d) const;
  static part split(part& p, const std::vector<bool>& fit);
  void take(std::size_t at, draft& d);
  void lock(const draft& d);
  void unlock(const call& made);
  bool picks_events(const part& p) const;
  void part_done(const offered_batch& batch);
  std::uint64_t cost_of(const part& p) const;
  bool may_run_behind(const part& p) const;
  void give_turns(gate_effects& fx);
  bool is_in_a_call(const std::string& ticket_id) const;
  bool is_put_off(const std::string& ticket_id) const;
  void learn(const call& made, std::span<const verdict> verdicts, std::size_t side_by_side, base::timestamp now);

  gate_limits limits_;
  breaker_policy policy_;
  circuit_breaker breaker_;
  std::deque<part> queue_;
  std::size_t batches_ = 0;
  std::unordered_map<std::uint64_t, call> calls_;
  std::uint64_t call_ids_ = 0;
  std::uint64_t probe_ = 0; // the call made while half open; 0 when there is none
  adaptive_concurrency concurrency_;
  call_allowance allowance_;
  base::timestamp allowed_at_{};            // by the allowance
  base::timestamp background_from_{};       // when the budget has something for the background again, at the latest
  std::unordered_set<std::string> locked_;  // affinities in flight
  std::unordered_set<std::string> mending_; // tickets that are mended, or wait for their turn
  std::vector<std::string> turn_awaited_;   // those that wait
  std::size_t background_calls_ = 0;
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::size_t> split_; // partition, delivery → parts beyond one
  std::string last_error_;
};

} // namespace cxstream::protocols
