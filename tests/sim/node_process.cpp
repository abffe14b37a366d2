#include "sim/node_process.hpp"

#include "sim/sink_lanes_checker.hpp" // broken_promise

#include <algorithm>

namespace cxstream::sim {

namespace {

constexpr std::uint64_t jobs_max = 200'000; // that one moment may give actors to do

base::error gone() {
  return {base::error_code::io, "the process is dead"};
}

} // namespace

node_process::system_config::system_config() {
  add_message_types<caf::id_block::cxstream>();
  set("scheduler.policy", caf::atom("testing"));
  set("logger.verbosity", caf::atom("quiet"));
}

node_process::node_process(ports::store& store, support::tapped_store::tap on_write, support::turned_clock& clock,
                           const make_sinks& sinks, const process_settings& settings)
    : clock_(clock),
      store_(store,
             [alive = life_, tap = std::move(on_write)](ports::write_batch& batch,
                                                        ports::durability& how) -> std::optional<base::result<void>> {
               if (alive->over)
                 return base::result<void>(gone());
               auto answer = tap(batch, how);
               if (alive->writes_left && (*alive->writes_left)-- == 0) {
                 alive->over = true;
                 return base::result<void>(gone());
               }
               return answer;
             }),
      system_(std::make_unique<caf::actor_system>(config_)) {
  actors::node_config config{store_, clock_, metrics_, log_};
  config.partitions = settings.partitions;
  config.live_tickets_max = settings.live_tickets_max;
  config.checkpoint_every = settings.checkpoint_every;
  config.seed = settings.seed;
  config.sinks = sinks(life_);
  auto rules = std::make_shared<actors::intake_rules>();
  rules->partitions = settings.partitions;
  rules->taxonomy = std::make_shared<model::taxonomy>();
  config.rules = [rules] { return rules; };
  config.dedicated_threads = false;
  deal_with_at_once(true);
  auto started = actors::node::start(*system_, std::move(config));
  deal_with_at_once(false);
  if (!started || restless_) {
    end();
    if (system_->registry().running() != 0)
      static_cast<void>(system_.release());
    throw broken_promise("the node does not start: " +
                         (started ? "its actors never come to rest" : started.err().message));
  }
  node_ = std::move(*started);
}

node_process::~node_process() {
  if (!end())
    static_cast<void>(system_.release()); // it would wait for its actors for ever
}

bool node_process::end() {
  life_->over = true;
  stop();
  node_.reset();
  run_all();
  constexpr int rounds_max = 100;
  for (int i = 0; i < rounds_max && scheduler().has_pending_timeout(); ++i) {
    scheduler().trigger_timeouts();
    run_all();
  }
  return !restless_ && system_->registry().running() == 0;
}

void node_process::stop() {
  if (!node_)
    return;
  run_all();
  deal_with_at_once(true);
  node_->stop(std::chrono::seconds{10});
  deal_with_at_once(false);
  run_all();
}

void node_process::run_all() {
  std::uint64_t jobs = 0;
  while (jobs < jobs_max && scheduler().try_run_once())
    ++jobs;
  restless_ = restless_ || jobs == jobs_max;
}

void node_process::deal_with_at_once(bool on) {
  at_once_ = on;
  if (!on) {
    scheduler().after_next_enqueue(std::function<void()>{});
    return;
  }
  scheduler().after_next_enqueue([this] {
    deal_with_at_once(at_once_);
    if (std::exchange(running_, true))
      return;
    run_all();
    running_ = false;
  });
}

bool node_process::step(dice& d) {
  auto& jobs = scheduler().jobs;
  if (jobs.empty())
    return false;
  const auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(d.below(jobs.size()));
  std::rotate(jobs.begin(), chosen, std::next(chosen));
  return scheduler().try_run_once();
}

void node_process::settle(dice& d) {
  std::uint64_t jobs = 0;
  while (jobs < jobs_max && step(d))
    ++jobs;
  restless_ = restless_ || jobs == jobs_max;
}

void node_process::pass(std::chrono::milliseconds time) {
  clock_.time += time;
  scheduler().advance_time(time);
}

} // namespace cxstream::sim
