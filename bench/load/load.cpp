#include "load/load.hpp"

#include "connectors/factory.hpp"
#include "unit/connectors/deliveries.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace cxstream::bench {

double cpu_seconds(cpu_of whose) {
  rusage used{};
  ::getrusage(whose == cpu_of::process ? RUSAGE_SELF : RUSAGE_THREAD, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void fail(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

std::vector<ports::delivery> make_events(std::size_t n, std::size_t tickets, const std::string& prefix) {
  connectors_test::log_of_events log;
  std::vector<ports::delivery> out;
  out.reserve(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    auto e = connectors_test::event_of(prefix + std::to_string(i % tickets + 1), i);
    e.set_account_id("acct-" + std::to_string(i % 500));
    e.mutable_sentiment()->set_label("negative");
    e.mutable_churn_risk()->set_label("high");
    e.set_evidence_url("https://help.example.com/agent/tickets/12345");
    e.add_raw_tags("billing:refund");
    e.set_status("open");
    e.set_priority("high");
    out.push_back(log.add(std::move(e)));
  }
  return out;
}

std::size_t deliver_all(const config::sink_config& sink, std::span<const ports::delivery> events, std::size_t batch) {
  const auto traits = connectors::traits_of(sink);
  auto made = connectors::make_target(sink);
  if (!made)
    fail(made.err().message);
  auto& target = **made;
  if (const auto opened = target.open(); !opened)
    fail(opened.err().message);
  batch = std::min(batch, traits->batch_events_max);
  for (std::size_t i = 0; i < events.size(); i += batch) {
    const auto n = std::min(batch, events.size() - i);
    for (const auto& o : target.deliver(events.subspan(i, n), connectors_test::now))
      if (o.result != ports::delivery_result::delivered)
        fail(sink.kind + ": " + o.reason);
  }
  target.close();
  return batch;
}

void measure(const std::string& name, std::size_t events, cpu_of whose, const std::function<void()>& send) {
  const auto cpu = cpu_seconds(whose);
  const auto began = std::chrono::steady_clock::now();
  send();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%-34s %10.0f events/s   %6.1f CPU-s a million\n", name.c_str(),
              static_cast<double>(events) / took.count(),
              (cpu_seconds(whose) - cpu) * 1e6 / static_cast<double>(events));
  std::fflush(stdout);
}

} // namespace cxstream::bench
