// source_metrics: what the configured sources send, as Prometheus series and as numbers for operators. Thread-safe.
//
// Invariant: a source has series from the start, so that one that never sent anything is seen to be silent.
#pragma once

#include "ports/source_meter.hpp"

#include "cxstream/v1/admin.pb.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cxstream::telemetry {

class source_metrics final : public ports::source_meter {
public:
  explicit source_metrics(const std::vector<std::string>& sources);

  void request(std::string_view source, const ports::request_account& account, base::timestamp at) override;
  void refused(std::string_view source, const std::string& reason, std::uint64_t records) override;

  // Fills the counts of status.name().
  void fill(v1::SourceStatus& status) const;
  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  struct series {
    prometheus::Counter& taken;
    prometheus::Counter& unverified;
    prometheus::Counter& throttled;
    prometheus::Counter& unavailable;
    prometheus::Counter& unacceptable;
    prometheus::Counter& bytes;
    prometheus::Counter& accepted;
    prometheus::Counter& duplicates;
    prometheus::Counter& dropped;
    prometheus::Gauge& last_event;
    std::atomic<std::int64_t> last_event_us{0};
    std::map<std::string, prometheus::Counter*> refused = {}; // guarded by refused_mutex_
  };

  prometheus::Counter& count_of(series& of, ports::request_outcome outcome);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& refused_;
  mutable std::mutex refused_mutex_;
  std::map<std::string, std::unique_ptr<series>, std::less<>> sources_; // fixed after construction
};

} // namespace cxstream::telemetry
