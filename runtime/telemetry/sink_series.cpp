#include "telemetry/sink_series.hpp"

#include "telemetry/families.hpp"

namespace cxstream::telemetry {

sink_families::sink_families(prometheus::Registry& registry)
    : delivered(counters(registry, "cxstream_sink_delivered_events_total", "Events the target has acknowledged.")),
      filtered(counters(registry, "cxstream_sink_filtered_events_total", "Events the sink's filter does not want.")),
      retried(counters(registry, "cxstream_sink_retried_events_total", "Delivery attempts that were retries.")),
      dead(counters(registry, "cxstream_sink_dead_events_total", "Events given up as dead letters.")),
      waiting(gauges(registry, "cxstream_sink_waiting_events", "Events held for retry, or behind such an event.")),
      lag_events(gauges(registry, "cxstream_sink_lag_events", "Events of the history not decided yet.")),
      lag_seconds(gauges(registry, "cxstream_sink_lag_seconds", "Age of the oldest event not decided yet.")),
      breaker(gauges(registry, "cxstream_sink_breaker_state", "Circuit breaker: 0 closed, 1 open, 2 half open.")),
      reconciliations(counters(registry, "cxstream_sink_reconciliations_total",
                               "Comparisons of a target with what it should hold, by outcome.")),
      differences(gauges(registry, "cxstream_sink_differences_tickets",
                         "Tickets that the last comparison found wrong in the target, by kind; mended ones included.")),
      mended(counters(registry, "cxstream_sink_mended_tickets_total", "Tickets of a target mended by a comparison.")),
      reconciled_at(gauges(registry, "cxstream_sink_reconciled_timestamp_seconds",
                           "When the target was last compared with what it should hold.")),
      coalesced(counters(registry, "cxstream_sink_coalesced_events_total",
                         "Events that another event of their ticket carried.")),
      concurrency(gauges(registry, "cxstream_sink_concurrency", "Calls that may run side by side now.")),
      budget_spent(
          gauges(registry, "cxstream_sink_budget_spent_requests", "Requests made since the budget's day began.")),
      budget(gauges(registry, "cxstream_sink_budget_requests", "Requests a day; 0 when there is no budget.")) {
}

sink_series::sink_series(sink_families& families, const std::string& sink)
    : delivered(families.delivered.Add({{"sink", sink}})), filtered(families.filtered.Add({{"sink", sink}})),
      retried(families.retried.Add({{"sink", sink}})), dead(families.dead.Add({{"sink", sink}})),
      waiting(families.waiting.Add({{"sink", sink}})), lag_events(families.lag_events.Add({{"sink", sink}})),
      lag_seconds(families.lag_seconds.Add({{"sink", sink}})), breaker(families.breaker.Add({{"sink", sink}})),
      coalesced(families.coalesced.Add({{"sink", sink}})), concurrency(families.concurrency.Add({{"sink", sink}})),
      budget_spent(families.budget_spent.Add({{"sink", sink}})), budget(families.budget.Add({{"sink", sink}})) {
}

} // namespace cxstream::telemetry
