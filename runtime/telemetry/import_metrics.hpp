// import_metrics: what import jobs do, as Prometheus series. Thread-safe.
//
// Invariant: every series is there from the start, so that what never happened is seen as 0.
#pragma once

#include "ports/import_meter.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <string>

namespace cxstream::telemetry {

class import_metrics final : public ports::import_meter {
public:
  import_metrics();

  void upload(ports::upload_outcome outcome, std::uint64_t bytes) override;
  void rows(const v1::ImportCounts& counts) override;
  void jobs(const std::map<v1::ImportState, std::size_t>& by_state) override;

  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  prometheus::Registry registry_;
  std::array<prometheus::Counter*, 3> uploads_{}; // by upload_outcome
  prometheus::Counter* upload_bytes_ = nullptr;
  std::map<std::string, prometheus::Counter*> rows_; // by outcome; fixed after construction, as the next
  std::map<v1::ImportState, prometheus::Gauge*> by_state_;
};

} // namespace cxstream::telemetry
