// The worker of a blocking connector; see interface.hpp. Runs on a thread of its own.
#pragma once

#include "actors/target_worker/interface.hpp"
#include "ports/clock.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace cxstream::actors {

struct target_worker_config {
  std::function<base::result<std::unique_ptr<ports::target>>()> make_target;
  const ports::clock& clock;
  std::chrono::milliseconds reopen_every{1'000};
  // Called (from the worker) when the target cannot be opened, once an attempt.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
};

class target_worker_state {
public:
  static inline const char* name = "target_worker";

  explicit target_worker_state(connector_worker_actor::pointer self) : self_(self) {
  }
  ~target_worker_state();
  connector_worker_actor::behavior_type start(target_worker_config config);

private:
  void call(const target_call& call);
  mend_answer mend(const mend_ticket& wish);
  void open();
  verdict stop();

  connector_worker_actor::pointer self_;
  std::optional<target_worker_config> config_;
  std::unique_ptr<ports::target> target_;
  target_worker_client client_;
  bool open_ = false;
};

connector_worker_actor::behavior_type target_worker(connector_worker_actor::stateful_pointer<target_worker_state> self,
                                                    target_worker_config config);

} // namespace cxstream::actors
