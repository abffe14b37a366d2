#include "generate/generate.hpp"

#include "client/interruption.hpp"
#include "failure.hpp"
#include "generate/load_summary.hpp"
#include "terminal/progress.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <thread>

namespace cxstream::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// One stream, in a thread of its own.
struct lane {
  explicit lane(const load_plan& plan) : source(plan) {
  }
  load_source source;
  grpc::Status status;
  client::steady_time ended;
  std::atomic<bool> done{false}; // ended and status are set
  std::jthread thread;
};

load_plan plan_of(const generate_options& options, std::uint32_t stream, client::steady_time began) {
  const auto streams = options.plan.streams;
  load_plan plan{.events = options.plan, .batch = options.batch, .live_clock = options.live_clock};
  plan.events.stream = stream;
  plan.count = options.events / streams + (stream < options.events % streams ? 1 : 0);
  plan.rate = options.rate / streams;
  if (options.duration_s > 0)
    plan.until =
        began + std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(options.duration_s));
  return plan;
}

void show_progress(const std::deque<lane>& lanes, const generate_options& options, client::steady_time began) {
  using terminal::progress_display;
  progress_display display(options.quiet ? progress_display::kind::silent : progress_display::fitting_stderr());
  const auto running = [&] { return std::any_of(lanes.begin(), lanes.end(), [](const lane& l) { return !l.done; }); };
  while (running()) {
    std::this_thread::sleep_for(milliseconds(20));
    terminal::progress shown{.what = "generate", .unit = "events"};
    for (const auto& one : lanes)
      shown.items += one.source.acknowledged();
    const auto now = steady_clock::now();
    shown.elapsed = std::chrono::duration_cast<milliseconds>(now - began);
    if (options.events > 0)
      shown.share = static_cast<double>(shown.items) / static_cast<double>(options.events);
    else
      shown.share = std::chrono::duration<double>(now - began).count() / options.duration_s;
    display.show(shown, now);
  }
  display.clear();
}

void add(load_summary& to, const load_source& from) {
  const auto& made = from.made();
  to.made.events += made.events;
  to.made.duplicates += made.duplicates;
  to.made.disordered += made.disordered;
  to.made.late += made.late;
  to.made.bad += made.bad;
  const auto& outcomes = from.outcomes();
  to.outcomes.accepted += outcomes.accepted;
  to.outcomes.duplicate += outcomes.duplicate;
  to.outcomes.conflict += outcomes.conflict;
  to.outcomes.rejected += outcomes.rejected;
  to.outcomes.late += outcomes.late;
  to.latency.merge(from.latency());
  to.acknowledged += from.acknowledged();
  to.bytes += from.bytes();
  to.retries += from.retries();
}

} // namespace

int generate_to_node(const generate_options& options) {
  const auto& stop = client::interrupted();
  client::publish_limits limits;
  limits.in_flight_events = options.in_flight;
  limits.patience = milliseconds(static_cast<std::int64_t>(options.patience_s * 1e3));
  const auto cpu_before = cpu_seconds();
  const auto began = steady_clock::now();
  std::deque<lane> lanes; // its elements stay where they are
  for (std::uint32_t stream = 0; stream < options.plan.streams; ++stream) {
    auto& one = lanes.emplace_back(plan_of(options, stream, began));
    one.thread = std::jthread([&options, &stop, &limits, &one] {
      client::publisher publisher(client::connect(options.node), limits, stop);
      one.status = publisher.run(one.source, one.source);
      one.ended = steady_clock::now();
      one.done = true;
    });
  }
  show_progress(lanes, options, began);
  load_summary summary;
  summary.cpu_seconds = cpu_seconds() - cpu_before;
  int code = client::exit_ok;
  for (auto& one : lanes) {
    one.thread.join();
    add(summary, one.source);
    summary.seconds = std::max(summary.seconds, std::chrono::duration<double>(one.ended - began).count());
    if (one.status.ok())
      continue;
    const auto interrupted = one.status.error_code() == grpc::StatusCode::CANCELLED;
    code = interrupted ? client::exit_interrupted : client::exit_unreachable;
    summary.trouble = interrupted ? "interrupted" : client::explain(one.status, options.node.server);
  }
  std::fputs((options.json ? summary_json(summary) : summary_text(summary)).c_str(), stdout);
  return code == client::exit_ok ? code : fail(static_cast<client::exit_code>(code), summary.trouble);
}

} // namespace cxstream::cli
