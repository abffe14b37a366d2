#include "telemetry/sla_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

namespace cxstream::telemetry {

sla_metrics::sla_metrics()
    : target_(
          gauges(registry_, "cxstream_sla_target_ratio", "The share of events that a sink has to deliver in time.")),
      within_(gauges(registry_, "cxstream_sla_within_seconds", "The time that a sink has for an event.")),
      events_(gauges(registry_, "cxstream_sla_window_events",
                     "Events of the promise's window, by outcome: kept, slow, dead, unmeasured.")),
      budget_(gauges(registry_, "cxstream_sla_budget_left_ratio",
                     "What is left of the window's budget of missed events: 1 all, 0 none, below 0 overspent.")),
      burn_(gauges(registry_, "cxstream_sla_burn_rate",
                   "How fast the budget is being spent; 1 spends it exactly in the promise's window.")) {
}

void sla_metrics::set(const v1::SinkSla& now) {
  target_.Add({{"sink", now.sink()}}).Set(now.share());
  within_.Add({{"sink", now.sink()}}).Set(static_cast<double>(now.within_ms()) / 1e3);
  budget_.Add({{"sink", now.sink()}}).Set(now.budget_left());
  const auto events = [&](const char* outcome, std::uint64_t n) {
    events_.Add({{"sink", now.sink()}, {"outcome", outcome}}).Set(static_cast<double>(n));
  };
  events("kept", now.window().kept());
  events("slow", now.window().slow());
  events("dead", now.window().dead());
  events("unmeasured", now.window().unmeasured());
  for (const auto& b : now.burn())
    burn_.Add({{"sink", now.sink()}, {"window", std::to_string(b.window_seconds()) + "s"}}).Set(b.rate());
}

std::string sla_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
