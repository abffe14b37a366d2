// evidence_metrics: looks at evidence links, as Prometheus series. Thread-safe.
#pragma once

#include "ports/evidence_meter.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <string>
#include <vector>

namespace cxstream::telemetry {

class evidence_metrics final : public ports::evidence_meter {
public:
  evidence_metrics();

  void looked(ports::evidence_found found) override;
  void passed_over() override;
  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  prometheus::Registry registry_;
  std::vector<prometheus::Counter*> looks_; // by evidence_found
  prometheus::Counter* passed_over_ = nullptr;
};

} // namespace cxstream::telemetry
