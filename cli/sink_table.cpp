#include "sink_table.hpp"

#include "terminal/number_text.hpp"

namespace cxstream::cli {

namespace {

using terminal::cell;
using terminal::grouped;
using terminal::tone;

std::string milliseconds_text(double ms) {
  return ms <= 0   ? "-"
         : ms < 10 ? terminal::decimal(ms, 1) + " ms"
                   : terminal::span(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

tone state_tone(const v1::SinkStatus& sink) {
  if (sink.paused() || !sink.connected() || sink.held_by() == "budget" || sink.held_by() == "throttled" ||
      sink.breaker() == v1::BREAKER_HALF_OPEN)
    return tone::notice;
  return sink.breaker() == v1::BREAKER_OPEN ? tone::bad : tone::good;
}

} // namespace

std::string sink_state(const v1::SinkStatus& sink) {
  if (sink.paused())
    return "paused";
  if (!sink.connected())
    return "not connected";
  if (sink.breaker() == v1::BREAKER_OPEN)
    return "target down";
  if (sink.held_by() == "budget")
    return "budget spent";
  if (sink.held_by() == "throttled")
    return "throttled";
  return sink.breaker() == v1::BREAKER_HALF_OPEN ? "probing" : "running";
}

terminal::table sink_table(const v1::ListSinksResponse& sinks) {
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"sink"},
                         {"kind"},
                         {"state"},
                         {"delivered", right},
                         {"filtered", right},
                         {"retried", right},
                         {"waiting", right},
                         {"dead", right},
                         {"lag", right},
                         {"lag time", right},
                         {"p50", right},
                         {"p99", right},
                         {"last error"}});
  for (const auto& sink : sinks.sinks()) {
    const auto& counts = sink.counts();
    const auto lag = std::chrono::milliseconds(static_cast<std::int64_t>(sink.lag_seconds() * 1e3));
    table.add({{sink.name(), tone::strong},
               {sink.kind()},
               {sink_state(sink), state_tone(sink)},
               {grouped(counts.delivered())},
               {grouped(counts.filtered())},
               {grouped(sink.retried())},
               terminal::count_cell(counts.waiting(), tone::notice),
               terminal::count_cell(counts.dead(), tone::bad),
               {grouped(counts.pending())},
               {counts.pending() == 0 ? "-" : terminal::span(lag)},
               {milliseconds_text(sink.latency_p50_ms())},
               {milliseconds_text(sink.latency_p99_ms())},
               {sink.warnings().empty() ? sink.last_error() : sink.warnings(0)}});
  }
  return table;
}

} // namespace cxstream::cli
