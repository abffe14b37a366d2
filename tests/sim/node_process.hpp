// One life of a node: its actor system on the testing scheduler, its actors, and its end. The order of jobs is the
// caller's choice; time passes only by pass(). When the life is over, nothing that still runs can write, deliver or
// answer.
#pragma once

#include "sim/sink_lanes_dice.hpp"

#include "actors/node/node.hpp"
#include "support/tapped_store.hpp"
#include "support/turned_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace cxstream::sim {

// Shared with all that the process holds in the outside world.
struct life {
  bool over = false;
  std::optional<std::uint64_t> writes_left; // it dies right after that many writes
};

struct process_settings {
  std::uint16_t partitions = 3;
  std::uint32_t live_tickets_max = 6;
  std::chrono::milliseconds checkpoint_every{2'000};
  std::uint64_t seed = 1;
};

class node_process {
public:
  using make_sinks = std::function<std::vector<actors::sink_setup>(const std::shared_ptr<life>&)>;

  // Throws broken_promise when the node does not start.
  node_process(ports::store& store, support::tapped_store::tap on_write, support::turned_clock& clock,
               const make_sinks& sinks, const process_settings& settings);
  ~node_process();
  // Ends without writing anything more; whoever waits for an answer gets its timeout. False when actors are left that
  // do not end.
  bool end();

  actors::node& node() {
    return *node_;
  }
  const std::shared_ptr<life>& its_life() const {
    return life_;
  }
  // Runs one job of a random actor; false when nobody has anything to do.
  bool step(dice& d);
  // Runs until nobody has anything to do.
  void settle(dice& d);
  void pass(std::chrono::milliseconds time);
  // True when the actors gave each other work without end.
  bool restless() const {
    return restless_;
  }
  // Checkpoints and ends; nothing may be asked of it any more.
  void stop();

private:
  struct system_config : caf::actor_system_config {
    system_config();
  };
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }
  // Calls that block for an answer work only when every message is dealt with as it is sent.
  void deal_with_at_once(bool on);
  void run_all();

  support::turned_clock& clock_;
  std::shared_ptr<life> life_ = std::make_shared<life>();
  support::tapped_store store_;
  ports::no_metrics metrics_;
  ports::no_log log_;
  system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::node> node_;
  bool at_once_ = false;
  bool running_ = false;
  bool restless_ = false; // its actors had more to do at one moment than may be
};

} // namespace cxstream::sim
