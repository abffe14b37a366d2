// Delivers made-up events to a target as a sink does, and says how long that took and what it cost here. A server's own
// cost is seen from outside: tools/bench_warehouse.py runs this beside the baselines.
#include "config/config.hpp"
#include "connectors/factory.hpp"
#include "model/revision.hpp"

#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <random>

using namespace cxstream;

namespace {

constexpr std::int64_t start_us = 1'767'323'045'000'000; // 2026-01-02T03:04:05Z

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// Every field set, some hundreds of members in each dimension; about 300 bytes serialized.
class event_source {
public:
  explicit event_source(std::size_t tickets) : sequences_(tickets) {
  }
  ports::delivery next() {
    const auto ticket = random_() % sequences_.size();
    const auto number = made_++;
    v1::CanonicalEvent e;
    e.set_event_type("ticket.updated");
    e.set_ticket_id("T-" + std::to_string(ticket));
    model::set_us(*e.mutable_occurred_at(), start_us + static_cast<std::int64_t>(number) * 10'000);
    e.set_source_system("desk");
    e.set_idempotency_key("key-" + std::to_string(number));
    e.set_version(number);
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
    auto& pipeline = *e.mutable_pipeline();
    const auto partition = static_cast<std::uint16_t>(ticket % offsets_.size());
    ports::delivery d;
    d.partition = base::partition_id{partition};
    d.offset = base::log_offset{offsets_[partition]++};
    d.sequence = base::ticket_sequence{++sequences_[ticket]};
    d.ticket_id = e.ticket_id();
    pipeline.set_partition(partition);
    pipeline.set_offset(d.offset.value);
    pipeline.set_ticket_sequence(d.sequence.value);
    model::set_us(*pipeline.mutable_received_at(), start_us);
    model::set_us(*pipeline.mutable_committed_at(), start_us);
    d.event = e.SerializeAsString();
    return d;
  }

private:
  std::mt19937_64 random_{1};
  std::uint64_t made_ = 0;
  std::vector<std::uint64_t> sequences_;
  std::array<std::uint64_t, 64> offsets_{};
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
  if (!target) {
    std::fprintf(stderr, "delivery_load: %s\n", target.err().message.c_str());
    return 1;
  }
  if (const auto opened = (*target)->open(); !opened) {
    std::fprintf(stderr, "delivery_load: %s\n", opened.err().message.c_str());
    return 1;
  }
  event_source source(tickets);
  std::chrono::duration<double> busy{};
  double cpu = 0;
  for (std::size_t delivered = 0; delivered < events;) {
    std::vector<ports::delivery> load; // made outside of what is measured
    for (; load.size() < batch && delivered < events; ++delivered)
      load.push_back(source.next());
    const auto cpu_before = cpu_seconds();
    const auto began = std::chrono::steady_clock::now();
    const auto outcomes = (*target)->deliver(load, base::from_us(start_us));
    busy += std::chrono::steady_clock::now() - began;
    cpu += cpu_seconds() - cpu_before;
    for (const auto& o : outcomes)
      if (o.result != ports::delivery_result::delivered) {
        std::fprintf(stderr, "delivery_load: %s\n", o.reason.c_str());
        return 1;
      }
  }
  std::printf("{\"events\": %zu, \"seconds\": %.3f, \"cpu_s\": %.3f}\n", events, busy.count(), cpu);
  return 0;
}
