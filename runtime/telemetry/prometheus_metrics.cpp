#include "telemetry/prometheus_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

#include <iterator>
#include <utility>

namespace cxstream::telemetry {
namespace {

const prometheus::Histogram::BucketBoundaries batch_sizes{1,   2,   4,    8,    16,   32,   64,    128,
                                                          256, 512, 1024, 2048, 4096, 8192, 16384, 65536};
const prometheus::Histogram::BucketBoundaries sync_times{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                         0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

double number(std::uint64_t n) {
  return static_cast<double>(n);
}

void append(std::vector<prometheus::MetricFamily>& to, std::vector<prometheus::MetricFamily> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

prometheus_metrics::prometheus_metrics(const std::string& program_version)
    : prometheus_metrics(program_version, label_limits{}) {
}

prometheus_metrics::prometheus_metrics(const std::string& program_version, label_limits most)
    : accepted_(counters(registry_, "cxstream_ingest_events_accepted_total", "Events accepted as new.").Add({})),
      late_(counters(registry_, "cxstream_ingest_events_late_total",
                     "Accepted events older than what their ticket had seen.")
                .Add({})),
      duplicates_(
          counters(registry_, "cxstream_ingest_events_duplicate_total", "Events that were accepted before.").Add({})),
      conflicts_(counters(registry_, "cxstream_ingest_events_conflict_total",
                          "Events with a known idempotency_key and other content.")
                     .Add({})),
      committed_(counters(registry_, "cxstream_log_committed_events_total", "Log entries made durable.").Add({})),
      committed_bytes_(counters(registry_, "cxstream_log_committed_bytes_total", "Bytes of them.").Add({})),
      group_commit_events_(histograms(registry_, "cxstream_log_group_commit_events", "Log entries of one group commit.")
                               .Add({}, batch_sizes)),
      sync_seconds_(histograms(registry_, "cxstream_log_sync_seconds", "Time to write and fsync one group commit.")
                        .Add({}, sync_times)),
      live_tickets_(gauges(registry_, "cxstream_live_tickets", "Tickets in memory.").Add({})),
      live_actors_(gauges(registry_, "cxstream_live_actors", "Actors alive.").Add({})),
      streams_(gauges(registry_, "cxstream_ingest_streams", "Client streams open.").Add({})), sink_families_(registry_),
      received_(most.sources_max,
                [&family = counters(registry_, "cxstream_ingest_events_received_total", "Events received.")](
                    const std::string& source) {
                  return std::make_unique<labelled_counter>(labelled_counter{family.Add({{"source", source}})});
                }),
      rejected_(most.reasons_max,
                [&family = counters(registry_, "cxstream_ingest_events_rejected_total", "Events refused.")](
                    const std::string& reason) {
                  return std::make_unique<labelled_counter>(labelled_counter{family.Add({{"reason", reason}})});
                }),
      sinks_(most.sinks_max,
             [this](const std::string& sink) { return std::make_unique<sink_series>(sink_families_, sink); }),
      letter_families_(registry_), letters_(most.sinks_max + 8, [this](const std::string& label) {
        return std::make_unique<letter_series>(letter_families_, label);
      }) {
  gauges(registry_, "cxstream_build_info", "1; the labels say which build this is.")
      .Add({{"version", program_version}, {"compiler", __VERSION__}})
      .Set(1);
}

std::string prometheus_metrics::text() const {
  std::vector<prometheus::MetricFamily> families = registry_.Collect();
  append(families, latency_families());
  append(families, process_.Collect());
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<prometheus::MetricFamily> prometheus_metrics::latency_families() const {
  prometheus::MetricFamily received{"cxstream_delivery_received_to_delivered_seconds",
                                    "From the node's receipt of an event to the target's acknowledgement.",
                                    prometheus::MetricType::Histogram,
                                    {}};
  prometheus::MetricFamily occurred{"cxstream_delivery_occurred_to_delivered_seconds",
                                    "From occurred_at of an event to the target's acknowledgement.",
                                    prometheus::MetricType::Histogram,
                                    {}};
  sinks_.for_each([&](const std::string& sink, const sink_series& series) {
    for (const auto& [family, histogram] :
         {std::pair(&received, &series.received_to_delivered), std::pair(&occurred, &series.occurred_to_delivered)}) {
      prometheus::ClientMetric metric;
      metric.label = {{"sink", sink}};
      metric.histogram = histogram->collect();
      family->metric.push_back(std::move(metric));
    }
  });
  if (received.metric.empty())
    return {};
  return {std::move(received), std::move(occurred)};
}

void prometheus_metrics::received(std::string_view source_system, std::uint64_t events) {
  received_.at(source_system).count.Increment(number(events));
}

void prometheus_metrics::accepted(std::uint64_t events) {
  accepted_.Increment(number(events));
}

void prometheus_metrics::late(std::uint64_t events) {
  late_.Increment(number(events));
}

void prometheus_metrics::duplicates(std::uint64_t events) {
  duplicates_.Increment(number(events));
}

void prometheus_metrics::conflicts(std::uint64_t events) {
  conflicts_.Increment(number(events));
}

void prometheus_metrics::rejected(std::string_view reason, std::uint64_t events) {
  rejected_.at(reason).count.Increment(number(events));
}

void prometheus_metrics::group_commit(std::uint64_t entries, std::uint64_t bytes,
                                      std::chrono::duration<double> sync_time) {
  committed_.Increment(number(entries));
  committed_bytes_.Increment(number(bytes));
  group_commit_events_.Observe(number(entries));
  sync_seconds_.Observe(sync_time.count());
}

void prometheus_metrics::live_tickets(std::int64_t change) {
  live_tickets_.Increment(static_cast<double>(change));
}

void prometheus_metrics::live_actors(std::int64_t change) {
  live_actors_.Increment(static_cast<double>(change));
}

void prometheus_metrics::streams(std::int64_t change) {
  streams_.Increment(static_cast<double>(change));
}

void prometheus_metrics::delivered(std::string_view sink, std::uint64_t events) {
  sinks_.at(sink).delivered.Increment(number(events));
}

void prometheus_metrics::filtered(std::string_view sink, std::uint64_t events) {
  sinks_.at(sink).filtered.Increment(number(events));
}

void prometheus_metrics::retried(std::string_view sink, std::uint64_t events) {
  sinks_.at(sink).retried.Increment(number(events));
}

void prometheus_metrics::dead(std::string_view sink, std::uint64_t events) {
  sinks_.at(sink).dead.Increment(number(events));
}

void prometheus_metrics::waiting(std::string_view sink, std::int64_t change) {
  sinks_.at(sink).waiting.Increment(static_cast<double>(change));
}

void prometheus_metrics::lag(std::string_view sink, std::uint64_t events, std::chrono::duration<double> age) {
  auto& series = sinks_.at(sink);
  series.lag_events.Set(number(events));
  series.lag_seconds.Set(age.count());
}

// Rare: the families find, or make, their series by the labels. Sinks that are compared are configured, so few.
void prometheus_metrics::reconciled(std::string_view sink, const ports::reconciliation_counts& counts,
                                    base::timestamp now) {
  const std::string name(sink);
  const bool clean = counts.missing + counts.stale + counts.altered + counts.extra == counts.mended;
  const char* outcome = !counts.completed ? "failed" : clean ? "ok" : "differs";
  sink_families_.reconciliations.Add({{"sink", name}, {"outcome", outcome}}).Increment();
  if (!counts.completed)
    return;
  for (const auto& [kind, tickets] : {std::pair{"missing", counts.missing},
                                      {"stale", counts.stale},
                                      {"altered", counts.altered},
                                      {"extra", counts.extra}})
    sink_families_.differences.Add({{"sink", name}, {"kind", kind}}).Set(static_cast<double>(tickets));
  sink_families_.mended.Add({{"sink", name}}).Increment(static_cast<double>(counts.mended));
  sink_families_.reconciled_at.Add({{"sink", name}}).Set(static_cast<double>(base::to_us(now)) / 1e6);
}

void prometheus_metrics::breaker(std::string_view sink, ports::breaker_state state) {
  sinks_.at(sink).breaker.Set(static_cast<double>(state));
}

void prometheus_metrics::coalesced(std::string_view sink, std::uint64_t events) {
  sinks_.at(sink).coalesced.Increment(number(events));
}

void prometheus_metrics::allowance(std::string_view sink, std::uint64_t concurrency, std::uint64_t spent,
                                   std::uint64_t budget) {
  auto& series = sinks_.at(sink);
  series.concurrency.Set(number(concurrency));
  series.budget_spent.Set(number(spent));
  series.budget.Set(number(budget));
}

void prometheus_metrics::dead_letters(std::string_view stage, std::string_view sink, std::uint64_t letters,
                                      std::chrono::duration<double> oldest) {
  auto& series = letters_.at(std::string(stage) + "/" + std::string(sink));
  series.letters.Set(number(letters));
  series.oldest_age.Set(oldest.count());
}

void prometheus_metrics::discarded(std::string_view stage, std::string_view sink, std::uint64_t letters) {
  letters_.at(std::string(stage) + "/" + std::string(sink)).discarded.Increment(number(letters));
}

void prometheus_metrics::latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
                                 base::timestamp delivered) {
  auto& series = sinks_.at(sink);
  series.received_to_delivered.observe(delivered - received);
  series.occurred_to_delivered.observe(delivered - occurred);
}

std::chrono::duration<double> prometheus_metrics::received_to_delivered(std::string_view sink, double quantile) const {
  const auto* series = sinks_.find(sink);
  return series ? series->received_to_delivered.quantile(quantile) : std::chrono::duration<double>::zero();
}

} // namespace cxstream::telemetry
