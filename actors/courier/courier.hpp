// The courier actor; see interface.hpp. What it decides is protocols::delivery_gate.
#pragma once

#include "actors/courier/interface.hpp"
#include "cxstream/v1/admin.pb.h"
#include "ports/clock.hpp"
#include "ports/metrics.hpp"
#include "protocols/delivery_gate.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>

namespace cxstream::actors {

struct courier_config {
  std::string sink;
  const ports::clock& clock;
  ports::metrics& metrics;
  protocols::gate_limits limits;
  protocols::breaker_policy breaker;
  bool keeps_position = false;
  std::vector<target_worker_actor> workers; // limits.concurrency of them, or one that takes all calls
  connector_worker_actor mender = {};       // one of the workers; none where the target cannot be mended
  std::uint64_t seed = 1;                   // of jitter
  bool coalesces = false;                   // for the status
  protocols::budget_account budget_spent = {};
  // Called (from the courier), about once a second, when more of the budget was spent.
  std::function<void(const protocols::budget_account&)> keep_budget = [](const protocols::budget_account&) {};
  // Called (from the courier) when the breaker opens or closes.
  std::function<void(ports::breaker_state, const std::string& why)> on_breaker = [](ports::breaker_state,
                                                                                    const std::string&) {};
};

class courier_state {
public:
  static inline const char* name = "courier";

  explicit courier_state(courier_actor::pointer self) : self_(self) {
  }
  courier_actor::behavior_type start(courier_config config);

private:
  void opened(const target_opened& word);
  void join(const join_courier& request);
  void deliver(delivery_request& request);
  void answered(target_answer& answer);
  caf::result<mend_answer> mend(mend_ticket& wish);
  void take_turn(const protocols::mend_turn& turn);
  void mended(const std::string& ticket_id, mend_answer answer);
  void lag(const sink_lag& word);
  void tick();
  bytes_answer status() const;
  caf::result<verdict> stop();

  void begin(base::partition_id partition, const courier_client& client);
  void carry_out(protocols::gate_effects& fx);
  void start_call(const protocols::target_call& call);
  void measure(const ports::delivery& event, ports::delivery_result result, base::timestamp now);
  void keep_budget();
  void add_allowance(v1::SinkStatus& out) const;
  void set_timer();
  double random01();

  courier_actor::pointer self_;
  std::optional<courier_config> config_;
  std::optional<protocols::delivery_gate> gate_;
  std::unordered_map<base::partition_id, courier_client> partitions_;
  std::unordered_map<base::partition_id, base::log_offset> positions_;
  std::unordered_map<base::partition_id, sink_lag> lags_;
  std::unordered_map<std::uint64_t, std::pair<std::size_t, std::shared_ptr<const std::vector<ports::delivery>>>> calls_;
  struct mending {
    mend_ticket wish;
    caf::typed_response_promise<mend_answer> promise;
  };
  std::unordered_map<std::string, mending> mendings_; // by ticket
  std::vector<std::size_t> idle_workers_;
  std::size_t workers_open_ = 0;
  std::optional<base::timestamp> timer_at_;
  std::uint64_t retried_ = 0;
  protocols::budget_account kept_budget_;
  base::timestamp budget_kept_at_{};
  std::mt19937_64 random_;
};

courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self, courier_config config);

} // namespace cxstream::actors
