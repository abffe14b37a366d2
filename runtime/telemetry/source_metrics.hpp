// source_metrics: what the configured sources send, as Prometheus series and as numbers for operators. Thread-safe.
//
// Invariant: a source has series from the start, so that one that never sent anything is seen to be silent.
#pragma once

#include "ports/poll_meter.hpp"
#include "ports/source_meter.hpp"

#include "cxstream/v1/admin.pb.h"
#include "cxstream/v1/schema.pb.h"

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

class source_metrics final : public ports::source_meter, public ports::poll_meter {
public:
  explicit source_metrics(const std::vector<std::string>& sources);

  void request(std::string_view source, ports::source_outcome outcome, std::uint64_t body_bytes) override;
  void refused(std::string_view source, v1::RejectReason reason) override;
  void dropped(std::string_view source, std::uint64_t records) override;
  void decided(std::string_view source, std::uint64_t accepted, std::uint64_t duplicates, base::timestamp at) override;

  // A change of the source's payloads, or one that broke its JSON Schema.
  void drifted(const std::string& source, v1::DriftKind kind);
  void polled(std::string_view source, std::uint64_t records, std::uint64_t known, std::uint64_t filled_in) override;
  void poll_state(std::string_view source, v1::PollState state, std::string_view why) override;
  void poll_answered(std::string_view source, base::timestamp at) override;

  // Fills the counts of status.name().
  void fill(v1::SourceStatus& status) const;
  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  struct series {
    std::vector<prometheus::Counter*> requests; // by source_outcome
    prometheus::Counter& bytes;
    prometheus::Counter& accepted;
    prometheus::Counter& duplicates;
    prometheus::Counter& dropped;
    prometheus::Gauge& last_event;
    std::vector<prometheus::Counter*> drifts; // by DriftKind; null for the first, which is not used
    prometheus::Counter& polled;
    prometheus::Counter& known;
    prometheus::Counter& filled_in;
    prometheus::Gauge& last_poll;
    prometheus::Gauge& poll_failing;
    std::atomic<std::int64_t> last_event_us{0};
    std::map<v1::RejectReason, prometheus::Counter*> refused = {}; // guarded by refused_mutex_
    std::atomic<std::int64_t> last_poll_us{0};
    v1::PollState poll_state = v1::POLL_STATE_UNSPECIFIED; // guarded by poll_mutex_
    std::string poll_error = {};                           // guarded by poll_mutex_
  };

  series* find(std::string_view source) const;
  void fill_poll(const series& of, v1::SourceStatus& status) const;

  prometheus::Registry registry_;
  prometheus::Counter& unknown_;
  prometheus::Family<prometheus::Counter>& refused_;
  mutable std::mutex refused_mutex_;
  mutable std::mutex poll_mutex_;
  std::map<std::string, std::unique_ptr<series>, std::less<>> sources_; // fixed after construction
};

} // namespace cxstream::telemetry
