// The sink actor; see interface.hpp. What it decides is protocols::sink_lanes; what it keeps is its ledger.
//
// Invariants:
//  1. The effects of one step are written before its deliveries are sent (see sink_lanes, invariant 4).
//  2. When the store fails, nothing is sent until every delivery in flight was answered, the machine was built again
//     from what is written, and the store takes writes.
#pragma once

#include "actors/sink/interface.hpp"
#include "actors/sink/sink_ledger.hpp"
#include "model/filter.hpp"
#include "ports/clock.hpp"
#include "ports/metrics.hpp"
#include "protocols/sink_lanes.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>
#include <optional>
#include <random>

namespace cxstream::actors {

struct sink_actor_config {
  std::string sink;
  base::partition_id partition_id;
  ports::store& store;
  const ports::clock& clock;
  ports::metrics& metrics;
  partition_actor partition;
  courier_actor courier;
  model::compiled_filter filter;
  protocols::sink_limits limits;
  protocols::retry_policy retry;
  bool guards_regress = false; // the target writes "only if newer"
  ports::affinity affinity = ports::affinity::none;
  bool paused = false;
  std::uint64_t seed = 1;
  // Called (from the actor) when the store fails.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
};

constexpr int incarnation_shift = 40; // delivery ids of a machine stay below 2^40

class sink_state {
public:
  static inline const char* name = "sink";

  explicit sink_state(sink_actor::pointer self) : self_(self) {
  }
  sink_actor::behavior_type start(sink_actor_config config);

private:
  void begin(const begin_delivery& word);
  void supplied(const history_supply& supply);
  void answered(delivery_answer& answer);
  void pause(bool paused);
  caf::result<verdict> seek(const seek_delivery& wish);
  caf::result<verdict> requeue(const requeue_delivery& wish);
  verdict discard(const discard_delivery& wish);
  verdict edit(const edit_delivery& wish);
  caf::result<replay_answer> replay(const replay_events& wish);
  void take_replayed(std::vector<protocols::replayed>& replays);
  void give_up_replays();
  bytes_answer counts() const;
  void tick();
  void tell_lag();
  verdict stop();

  base::result<void> build();
  bool store_takes_writes();
  ports::event_bytes oldest_undecided() const;
  base::result<bool> target_lost_events(base::log_offset target_position) const;
  verdict move_to(base::log_offset next);
  verdict written() const;
  base::result<protocols::history_page> page_of(const history_supply& supply) const;
  bool add_to_page(protocols::history_page& page, const protocols::history_run& run, std::size_t events_max) const;
  bool newer_was_delivered(const std::string& ticket_id, const std::vector<base::log_offset>& later) const;
  void carry_out(protocols::sink_effects& fx);
  void send(protocols::outgoing_delivery delivery);
  void send_with_state(std::uint64_t id, protocols::outgoing_delivery& delivery, const states_answer& answer);
  void hand_over(std::uint64_t id, protocols::outgoing_delivery delivery);
  void fail(const base::error& why);
  void demand();
  void set_timer();
  double random01();

  sink_actor::pointer self_;
  std::optional<sink_actor_config> config_;
  std::optional<sink_ledger> ledger_;
  std::optional<protocols::sink_lanes> lanes_;
  bool begun_ = false;                       // the target is there
  std::optional<base::log_offset> demanded_; // from where a demand is under way
  std::uint64_t events_total_ = 0;           // of the history, as last heard
  std::uint64_t incarnation_ = 1;            // of lanes_; tells answers to an earlier one apart
  std::size_t unanswered_ = 0;               // events sent to the courier
  std::uint64_t coalesced_ = 0;              // counted in the metrics
  struct open_replay {
    caf::typed_response_promise<replay_answer> promise;
    replay_answer answer;
    std::vector<std::size_t> places; // in the answer, by position in the delivery
    std::size_t open = 0;
  };
  std::map<std::uint64_t, open_replay> replays_; // by delivery id of lanes_
  bool broken_ = false;
  std::optional<base::timestamp> timer_at_;
  sink_lag told_;
  std::mt19937_64 random_;
};

sink_actor::behavior_type sink(sink_actor::stateful_pointer<sink_state> self, sink_actor_config config);

} // namespace cxstream::actors
