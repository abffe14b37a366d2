// sink_series: everything that is counted for one sink, and the families these series belong to. Thread-safe.
#pragma once

#include "telemetry/latency_histogram.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <string>

namespace cxstream::telemetry {

struct sink_families {
  explicit sink_families(prometheus::Registry& registry);

  prometheus::Family<prometheus::Counter>& delivered;
  prometheus::Family<prometheus::Counter>& filtered;
  prometheus::Family<prometheus::Counter>& retried;
  prometheus::Family<prometheus::Counter>& dead;
  prometheus::Family<prometheus::Gauge>& waiting;
  prometheus::Family<prometheus::Gauge>& lag_events;
  prometheus::Family<prometheus::Gauge>& lag_seconds;
  prometheus::Family<prometheus::Gauge>& breaker;
  prometheus::Family<prometheus::Counter>& reconciliations;
  prometheus::Family<prometheus::Gauge>& differences;
  prometheus::Family<prometheus::Counter>& mended;
  prometheus::Family<prometheus::Gauge>& reconciled_at;
  prometheus::Family<prometheus::Counter>& coalesced;
  prometheus::Family<prometheus::Gauge>& concurrency;
  prometheus::Family<prometheus::Gauge>& budget_spent;
  prometheus::Family<prometheus::Gauge>& budget;
};

struct sink_series {
  sink_series(sink_families& families, const std::string& sink);

  prometheus::Counter& delivered;
  prometheus::Counter& filtered;
  prometheus::Counter& retried;
  prometheus::Counter& dead;
  prometheus::Gauge& waiting;
  prometheus::Gauge& lag_events;
  prometheus::Gauge& lag_seconds;
  prometheus::Gauge& breaker;
  prometheus::Counter& coalesced;
  prometheus::Gauge& concurrency;
  prometheus::Gauge& budget_spent;
  prometheus::Gauge& budget;
  latency_histogram received_to_delivered;
  latency_histogram occurred_to_delivered;
};

} // namespace cxstream::telemetry
