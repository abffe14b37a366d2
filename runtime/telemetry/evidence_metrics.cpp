#include "telemetry/evidence_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

namespace cxstream::telemetry {

evidence_metrics::evidence_metrics() {
  using enum ports::evidence_found;
  auto& looks = counters(registry_, "cxstream_evidence_checks_total",
                         "Evidence links that were looked at, by what they were found to be.");
  for (const auto found : {resolves, locked, broken, unclear, forbidden})
    looks_.push_back(&looks.Add({{"outcome", std::string(ports::name_of(found))}}));
  passed_over_ = &counters(registry_, "cxstream_evidence_passed_over_total",
                           "Evidence links of the sample that were not looked at, because of the rates.")
                      .Add({});
}

void evidence_metrics::looked(ports::evidence_found found) {
  looks_.at(static_cast<std::size_t>(found))->Increment();
}

void evidence_metrics::passed_over() {
  passed_over_->Increment();
}

std::string evidence_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
