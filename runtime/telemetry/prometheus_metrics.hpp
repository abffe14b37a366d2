// prometheus_metrics: ports::metrics on prometheus-cpp. Thread-safe; a call finds its series without a lock or an
// allocation once its label was seen, and latency(), which is called for every event, never takes one.
#pragma once

#include "ports/metrics.hpp"
#include "telemetry/label_table.hpp"
#include "telemetry/letter_series.hpp"
#include "telemetry/process_metrics.hpp"
#include "telemetry/sink_series.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace cxstream::telemetry {

class prometheus_metrics final : public ports::metrics {
public:
  struct label_limits {
    std::size_t sources_max = 100;
    std::size_t reasons_max = 32;
    std::size_t sinks_max = 200;
  };

  explicit prometheus_metrics(const std::string& program_version);
  prometheus_metrics(const std::string& program_version, label_limits most);

  // Everything in Prometheus' text format, version 0.0.4.
  std::string text() const;

  void received(std::string_view source_system, std::uint64_t events) override;
  void accepted(std::uint64_t events) override;
  void late(std::uint64_t events) override;
  void duplicates(std::uint64_t events) override;
  void conflicts(std::uint64_t events) override;
  void rejected(std::string_view reason, std::uint64_t events) override;
  void group_commit(std::uint64_t entries, std::uint64_t bytes, std::chrono::duration<double> sync_time) override;
  void live_tickets(std::int64_t change) override;
  void live_actors(std::int64_t change) override;
  void streams(std::int64_t change) override;
  void delivered(std::string_view sink, std::uint64_t events) override;
  void filtered(std::string_view sink, std::uint64_t events) override;
  void retried(std::string_view sink, std::uint64_t events) override;
  void dead(std::string_view sink, std::uint64_t events) override;
  void waiting(std::string_view sink, std::int64_t change) override;
  void lag(std::string_view sink, std::uint64_t events, std::chrono::duration<double> age) override;
  void breaker(std::string_view sink, ports::breaker_state state) override;
  void coalesced(std::string_view sink, std::uint64_t events) override;
  void allowance(std::string_view sink, std::uint64_t concurrency, std::uint64_t spent, std::uint64_t budget) override;
  void dead_letters(std::string_view stage, std::string_view sink, std::uint64_t letters,
                    std::chrono::duration<double> oldest) override;
  void discarded(std::string_view stage, std::string_view sink, std::uint64_t letters) override;
  void latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
               base::timestamp delivered) override;
  void reconciled(std::string_view sink, const ports::reconciliation_counts& counts, base::timestamp now) override;
  std::chrono::duration<double> received_to_delivered(std::string_view sink, double quantile) const override;

private:
  struct labelled_counter {
    prometheus::Counter& count;
  };
  std::vector<prometheus::MetricFamily> latency_families() const;

  prometheus::Registry registry_;
  process_metrics process_;
  prometheus::Counter& accepted_;
  prometheus::Counter& late_;
  prometheus::Counter& duplicates_;
  prometheus::Counter& conflicts_;
  prometheus::Counter& committed_;
  prometheus::Counter& committed_bytes_;
  prometheus::Histogram& group_commit_events_;
  prometheus::Histogram& sync_seconds_;
  prometheus::Gauge& live_tickets_;
  prometheus::Gauge& live_actors_;
  prometheus::Gauge& streams_;
  sink_families sink_families_;
  label_table<labelled_counter> received_;
  label_table<labelled_counter> rejected_;
  label_table<sink_series> sinks_;
  letter_families letter_families_;
  label_table<letter_series> letters_; // by "STAGE/sink"
};

} // namespace cxstream::telemetry
