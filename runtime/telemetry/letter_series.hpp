// letter_series: what is counted of dead letters of one stage and sink. Thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <string>

namespace cxstream::telemetry {

struct letter_families {
  explicit letter_families(prometheus::Registry& registry);

  prometheus::Family<prometheus::Gauge>& letters;
  prometheus::Family<prometheus::Gauge>& oldest_age;
  prometheus::Family<prometheus::Counter>& discarded;
};

struct letter_series {
  // `stage_and_sink`: "DELIVERY/crm", "INGEST/".
  letter_series(letter_families& families, const std::string& stage_and_sink);

  prometheus::Gauge& letters;
  prometheus::Gauge& oldest_age;
  prometheus::Counter& discarded;
};

} // namespace cxstream::telemetry
