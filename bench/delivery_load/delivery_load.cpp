// Delivers made-up events to a target as a sink does, and says how long that took and what it cost here. A server's own
// cost is seen from outside: tools/bench_warehouse.py runs this beside the baselines.
#include "connectors/factory.hpp"
#include "load/load.hpp"
#include "unit/connectors/deliveries.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <random>

using namespace cxstream;

namespace {

// Every field set, some hundreds of members in each dimension; about 300 bytes serialized.
class event_source {
public:
  explicit event_source(std::size_t tickets) : tickets_(tickets) {
  }
  ports::delivery next() {
    const auto ticket = random_() % tickets_;
    auto e = connectors_test::event_of("T-" + std::to_string(ticket), made_++);
    e.set_account_id("account " + std::to_string(ticket % 997));
    e.set_agent_id("agent " + std::to_string(random_() % 300));
    e.set_canonical_tag("tag " + std::to_string(random_() % 50));
    e.set_driver("driver " + std::to_string(random_() % 12));
    e.set_status("open");
    e.set_priority("high");
    e.set_channel("email");
    e.set_evidence_url("https://desk.example/tickets/" + std::to_string(ticket));
    e.mutable_sentiment()->set_label("negative");
    e.mutable_sentiment()->set_score(-0.5);
    e.mutable_churn_risk()->set_label("high");
    (*e.mutable_custom_metrics())["handle_time_s"] = static_cast<double>(random_() % 1'000);
    e.add_raw_tags("raw " + std::to_string(random_() % 100));
    return log_.add(std::move(e), static_cast<std::uint16_t>(ticket % partitions));
  }

private:
  static constexpr std::size_t partitions = 64;

  std::mt19937_64 random_{1};
  std::size_t tickets_;
  std::uint64_t made_ = 0;
  connectors_test::log_of_events log_;
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Delivers made-up events to a target");
  config::sink_config sink;
  sink.name = "bench";
  std::vector<std::pair<std::string, std::string>> settings;
  std::size_t events = 500'000, tickets = 20'000, batch = 8'000;
  app.add_option("--kind", sink.kind, "The sink's kind")->required();
  app.add_option("--set", settings, "A setting of the sink: its name, then its value");
  app.add_option("--events", events);
  app.add_option("--tickets", tickets);
  app.add_option("--batch", batch);
  CLI11_PARSE(app, argc, argv);
  sink.settings.insert(settings.begin(), settings.end());

  auto target = connectors::make_target(sink);
  if (!target)
    bench::fail(target.err().message);
  if (const auto opened = (*target)->open(); !opened)
    bench::fail(opened.err().message);
  event_source source(tickets);
  std::chrono::duration<double> busy{};
  double cpu = 0;
  for (std::size_t delivered = 0; delivered < events;) {
    std::vector<ports::delivery> load; // made outside of what is measured
    for (; load.size() < batch && delivered < events; ++delivered)
      load.push_back(source.next());
    const auto cpu_before = bench::cpu_seconds(bench::cpu_of::process);
    const auto began = std::chrono::steady_clock::now();
    const auto outcomes = (*target)->deliver(load, connectors_test::now);
    busy += std::chrono::steady_clock::now() - began;
    cpu += bench::cpu_seconds(bench::cpu_of::process) - cpu_before;
    for (const auto& o : outcomes)
      if (o.result != ports::delivery_result::delivered)
        bench::fail(o.reason);
  }
  std::printf("{\"events\": %zu, \"seconds\": %.3f, \"cpu_s\": %.3f}\n", events, busy.count(), cpu);
  return 0;
}
