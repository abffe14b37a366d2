// message_metrics: what people are told, as Prometheus series. Thread-safe.
#pragma once

#include "ports/message_meter.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <string>

namespace cxstream::telemetry {

class message_metrics final : public ports::message_meter {
public:
  message_metrics();

  void told(std::string_view sink, std::uint64_t events) override;
  void held(std::string_view sink, std::uint64_t events) override;
  // Prometheus' text format, version 0.0.4.
  std::string text() const;

private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& messages_;
  prometheus::Family<prometheus::Counter>& events_;
  prometheus::Family<prometheus::Counter>& held_;
};

} // namespace cxstream::telemetry
