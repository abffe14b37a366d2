// sla_metrics: how sinks keep their service levels, as Prometheus series. Thread-safe.
//
// Invariant: a sink has series from the start, also one that never delivered anything.
#pragma once

#include "cxstream/v1/sla.pb.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <string>

namespace cxstream::telemetry {

class sla_metrics {
public:
  sla_metrics();

  // What is true now; the sink's days are not looked at.
  void set(const v1::SinkSla& now);
  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Gauge>& target_;
  prometheus::Family<prometheus::Gauge>& within_;
  prometheus::Family<prometheus::Gauge>& events_;
  prometheus::Family<prometheus::Gauge>& budget_;
  prometheus::Family<prometheus::Gauge>& burn_;
};

} // namespace cxstream::telemetry
