// A whole node between sources that send again what was not answered, targets with moods, a consumer that comes and
// goes, an operator, and a disk that fails; the process dies and the power fails at seeded moments. Everything is drawn
// from the seed: the order of all actors' jobs, too.
#pragma once

#include "sim/node_checker.hpp"
#include "sim/node_process.hpp"
#include "sim/node_target.hpp"
#include "sim/sink_lanes_dice.hpp"

#include "support/memory_store.hpp"
#include "support/turned_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::sim {

// What was really reached; floors are set on the sum over all seeds.
struct node_tally {
  std::uint64_t events = 0, accepted = 0, duplicates = 0, conflicts = 0, rejected = 0, late = 0;
  std::uint64_t crashes = 0, power_failures = 0, disk_failures = 0, failed_streams = 0;
  std::uint64_t target_failures = 0, retries = 0, taken_again = 0, requeued = 0, refused = 0, discarded = 0;
  std::uint64_t proofs = 0, pauses = 0, away = 0, consumer_left = 0, consumer_refused = 0;

  void add(const node_tally& other);
};

// A defect put between the node and its outside.
struct node_mutant {
  std::string name;
  std::function<void(ports::write_batch&, ports::durability&, dice&)> on_write;
  bool target_lies = false;
  bool target_reverses = false;
  bool acknowledges_early = false; // the source is told before the node has answered
};

class node_world {
public:
  explicit node_world(std::uint64_t seed, const node_mutant* mutant = nullptr);
  ~node_world();

  // Throws broken_promise.
  void run();
  const node_tally& tally() const {
    return tally_;
  }
  // Of everything that sources were answered and targets took; the same for the same seed.
  std::uint64_t trace() const {
    return checker_.trace();
  }

private:
  struct source;
  struct consumer;
  struct strength {
    double crash, disk, operators, flush;
  };

  void start_node();
  void crash();
  void end_process();
  void judge() const;
  std::vector<actors::sink_setup> sinks(const std::shared_ptr<life>& node_life);

  void step();
  void let_time_pass();
  void break_the_disk();
  void operate();
  void submit();
  void connect_consumer();
  void consume();
  void quieten();
  void run_until_all_is_delivered();
  bool all_is_delivered();

  made_event make_event();
  void check_everything(const std::string& when);
  void check_tickets();
  void check_proof(bool at_rest);
  void check_letters();
  std::map<std::string, std::set<node_checker::place>> dead_places() const;
  void requeue();
  bool on_record(const std::string& sink, const std::string& ticket, std::uint64_t offset) const;
  void give_up_or_requeue();

  // Asks a service of the node and runs it until it has answered.
  template <class Response, class Call>
  std::optional<base::result<Response>> ask(Call call);

  dice dice_;
  const node_mutant* mutant_;
  strength faults_;
  std::size_t tickets_;
  std::uint64_t events_left_;
  std::uint64_t made_ = 0;
  bool quiet_ = false;
  std::vector<made_event> past_;
  std::set<std::string> seen_tickets_;
  std::map<std::string, std::set<node_checker::place>> given_up_; // by sink: discarded by the operator

  support::memory_store store_;
  support::turned_clock clock_;
  node_checker checker_;
  std::map<std::string, target_nature> natures_;
  std::unique_ptr<node_process> process_;
  std::vector<std::shared_ptr<source>> sources_;
  std::shared_ptr<consumer> consumer_;
  process_settings settings_;
  node_tally tally_;
};

} // namespace cxstream::sim
