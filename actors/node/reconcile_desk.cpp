#include "actors/node/reconcile_desk.hpp"

#include "actors/node/admin_service.hpp"
#include "actors/node/reconciliation.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace cxstream::actors {

void reconcile_desk::start() {
  for (const auto& setup : parts_.config.sinks)
    if (setup.config.reconcile.every.count() > 0)
      clocks_.push_back(parts_.system.spawn([this, &setup](caf::event_based_actor* self) -> caf::behavior {
        self->delayed_send(self, setup.config.reconcile.every, tick_atom_v);
        return {[this, self, &setup](tick_atom) {
          by_the_clock(setup);
          self->delayed_send(self, setup.config.reconcile.every, tick_atom_v);
        }};
      }));
}

const sink_setup* reconcile_desk::setup_of(const std::string& sink) const {
  const auto& sinks = parts_.config.sinks;
  const auto it = std::find_if(sinks.begin(), sinks.end(), [&](const auto& s) { return s.config.name == sink; });
  return it == sinks.end() ? nullptr : &*it;
}

void reconcile_desk::reconcile(v1::ReconcileRequest request, ports::reply<v1::ReconcileResponse> done) {
  const auto known = parts_.sinks.find(request.sink());
  if (!known) {
    done(known.err());
    return;
  }
  const auto* setup = setup_of(request.sink());
  if (setup == nullptr) {
    done(base::error{base::error_code::failed_precondition,
                     "'" + request.sink() + "' is a subscriber; what it holds cannot be seen"});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !running_.insert(request.sink()).second) {
      done(base::error{base::error_code::failed_precondition,
                       "'" + request.sink() + "' is being compared already; wait until that has ended"});
      return;
    }
  }
  auto work = [this, setup, request = std::move(request), done = std::move(done)] { run(*setup, request, done); };
  if (parts_.config.dedicated_threads)
    parts_.system.spawn<caf::detached>(std::move(work));
  else
    work();
}

void reconcile_desk::run(const sink_setup& setup, const v1::ReconcileRequest& request,
                         const ports::reply<v1::ReconcileResponse>& done) {
  auto entry = parts_.sinks.find(request.sink());
  base::result<v1::ReconcileResponse> outcome = base::error{base::error_code::not_found, "the sink is gone"};
  if (entry)
    outcome = reconciliation(parts_, setup, std::move(*entry), request, stopping_).run();
  ports::reconciliation_counts counts;
  if (outcome)
    counts = {true, outcome->missing(), outcome->stale(), outcome->altered(), outcome->extra(), outcome->mended()};
  parts_.config.metrics.reconciled(request.sink(), counts, parts_.config.clock.now());
  done(std::move(outcome));
  const std::lock_guard lock(mutex_);
  running_.erase(request.sink());
  ended_.notify_all();
}

void reconcile_desk::by_the_clock(const sink_setup& setup) {
  v1::ReconcileRequest request;
  request.set_sink(setup.config.name);
  request.set_repair(setup.config.reconcile.repair);
  reconcile(request, [&log = parts_.config.log,
                      name = setup.config.name](const base::result<v1::ReconcileResponse>& outcome) {
    if (!outcome)
      log.warn_sparsely("reconcile-" + name, std::chrono::seconds{10}, "a sink could not be compared with its target",
                        {{"sink", name}, {"why", outcome.err().message}});
    else if (!outcome->ok())
      log.error("a target does not hold what it should; see cxstream reconcile", {{"sink", name},
                                                                                  {"missing", outcome->missing()},
                                                                                  {"stale", outcome->stale()},
                                                                                  {"altered", outcome->altered()},
                                                                                  {"extra", outcome->extra()},
                                                                                  {"mended", outcome->mended()}});
    else if (outcome->mended() > 0)
      log.warn_sparsely("reconcile-" + name, std::chrono::seconds{10}, "a target was mended",
                        {{"sink", name}, {"tickets", outcome->mended()}});
    else
      log.info("a target holds what it should", {{"sink", name}, {"tickets", outcome->tickets()}});
  });
}

void reconcile_desk::stop(std::chrono::milliseconds at_most) {
  stopping_ = true;
  for (const auto& clock : clocks_)
    caf::anon_send_exit(clock, caf::exit_reason::user_shutdown);
  clocks_.clear();
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, at_most, [this] { return running_.empty(); });
}

void admin_service::reconcile(v1::ReconcileRequest request, ports::reply<v1::ReconcileResponse> done) {
  parts_.reconciling->reconcile(std::move(request), std::move(done));
}

} // namespace cxstream::actors
