// The replay actor; see interface.hpp. What it decides is protocols::replay_run.
//
// Invariant: what is written of a replay is never ahead of what the target has answered.
#pragma once

#include "actors/replay/interface.hpp"
#include "actors/sink/interface.hpp"
#include "model/filter.hpp"
#include "ports/clock.hpp"
#include "ports/store.hpp"
#include "protocols/replay_run.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace cxstream::actors {

struct replay_config {
  ports::store& store;
  const ports::clock& clock;
  std::vector<sink_actor> sink; // by partition id
  model::compiled_filter filter;
  v1::Replay job;
  protocols::replay_limits limits;
  std::uint64_t seed = 1;
  // Called (from the actor), once, when the replay is done or cancelled.
  std::function<void(const v1::Replay&)> on_over = [](const v1::Replay&) {};
  // Called (from the actor) when the job cannot be written.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
};

class replay_state {
public:
  static inline const char* name = "replay";

  explicit replay_state(replay_actor::pointer self) : self_(self) {
  }
  replay_actor::behavior_type start(replay_config config);

private:
  void tick();
  bytes_answer status() const;
  bytes_answer control(const control_replay& wish);
  verdict stop();

  void carry_out(protocols::replay_effects& fx);
  void read(const protocols::replay_effects::read& wish, protocols::replay_effects& fx);
  void send(protocols::replay_effects::send& wish);
  void answered(base::partition_id partition, const replay_answer& answer);
  base::result<void> write(ports::durability durability);
  void set_timer();
  double random01();

  replay_actor::pointer self_;
  std::optional<replay_config> config_;
  std::optional<protocols::replay_run> run_;
  base::timestamp written_at_{};
  std::optional<base::timestamp> timer_at_;
  bool told_over_ = false;
  std::mt19937_64 random_;
};

replay_actor::behavior_type replay(replay_actor::stateful_pointer<replay_state> self, replay_config config);

} // namespace cxstream::actors
