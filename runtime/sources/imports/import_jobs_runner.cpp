// The threads that run import jobs: each carries out what the machine of one job says.
#include "sources/imports/import_jobs.hpp"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

namespace cxstream::sources {

using protocols::import_effect;

void import_jobs::start_runners() {
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.runners, 1); ++i)
    runners_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

void import_jobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (auto& runner : runners_)
    runner.request_stop(); // all of them at once, before the first is waited for
  runners_.clear();
}

void import_jobs::run(const std::stop_token& stop) {
  if (options_.on_runner)
    options_.on_runner();
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    if (const auto id = next_job(lock, stop))
      run_job(*id, lock, stop);
  }
}

// The oldest whose turn it is; waits for one.
std::optional<std::string> import_jobs::next_job(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  const auto waiting = [this] {
    return std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job.second.may_begin(); });
  };
  if (!changed_.wait(lock, stop, [&] { return waiting() != jobs_.end(); }))
    return std::nullopt;
  return waiting()->first;
}

// The lock is held at the beginning and at the end: no wish comes between a job's choice and its begin.
void import_jobs::run_job(const std::string& id, std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  auto& job = jobs_.at(id); // nobody forgets a job that runs
  auto effect = job.begin(services_.clock.now());
  import_run files(job.record(), spool_, services_.gate, services_.clock, options_.limits);
  services_.log.info("an import job runs", {{"job", id}, {"row", job.record().job().counts().rows()}});
  lock.unlock();
  while (!stop.stop_requested() && !std::holds_alternative<protocols::end_import>(effect))
    effect = carry_out(effect, files, id, stop);
  lock.lock();
  job.ended();
  const auto& now = job.record().job();
  services_.log.info("an import job stops", {{"job", id},
                                             {"state", v1::ImportState_Name(now.state())},
                                             {"rows", now.counts().rows()},
                                             {"why", now.problem()}});
  if (job.needs_no_file())
    spool_.drop_file(id);
  forget_old();
  report();
  changed_.notify_all(); // it may have been resumed meanwhile
}

// What the machine says to an answer, which is a call of it.
template <class Answer>
import_effect import_jobs::told(const std::string& id, Answer answer) {
  const std::lock_guard lock(mutex_);
  return answer(jobs_.at(id), services_.clock.now());
}

import_effect import_jobs::carry_out(const import_effect& effect, import_run& files, const std::string& id,
                                     const std::stop_token& stop) {
  using protocols::import_job;
  const auto failed = [&](const base::error& why) {
    services_.log.warn_sparsely("import " + id, std::chrono::seconds{60}, "an import job does not get on",
                                {{"job", id}, {"why", why.message}});
    return told(id, [&](import_job& job, base::timestamp now) { return job.failed(why, now); });
  };
  return std::visit(
      [&](const auto& what) -> import_effect {
        using kind = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<kind, protocols::open_import>) {
          if (auto opened = files.open(what.rejects_bytes); !opened)
            return failed(opened.err());
          return told(id, [](import_job& job, base::timestamp now) { return job.opened(now); });
        } else if constexpr (std::is_same_v<kind, protocols::skip_rows>) {
          const auto passed = files.skip(what.rows_max, stop);
          if (!passed)
            return failed(passed.err());
          return told(
              id, [&](import_job& job, base::timestamp now) { return job.skipped(passed->rows, passed->at_end, now); });
        } else if constexpr (std::is_same_v<kind, protocols::take_rows>) {
          const auto taken = files.take(what.rows_max, stop);
          if (!taken)
            return failed(taken.err());
          services_.meter.rows(taken->counts);
          return told(id, [&](import_job& job, base::timestamp now) { return job.taken(*taken, now); });
        } else if constexpr (std::is_same_v<kind, protocols::store_import>) {
          return told(id, [this](import_job& job, base::timestamp now) {
            const auto stored = store(job.record());
            if (stored)
              report();
            return stored ? job.stored(now) : job.store_failed(stored.err());
          });
        } else if constexpr (std::is_same_v<kind, protocols::rest_import>) {
          std::unique_lock lock(mutex_);
          auto& job = jobs_.at(id);
          changed_.wait_for(lock, stop, what.time, [&] { return job.state() != v1::IMPORT_RUNNING; });
          return job.woken(services_.clock.now());
        } else {
          return what;
        }
      },
      effect);
}

} // namespace cxstream::sources
