// process_metrics: the process_… metrics every Prometheus client has, read from the kernel at each scrape. Thread-safe.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace cxstream::telemetry {

class process_metrics final : public prometheus::Collectable {
public:
  // What cannot be read is left out.
  std::vector<prometheus::MetricFamily> Collect() const override;
};

} // namespace cxstream::telemetry
