#include "generate/load_summary.hpp"

#include "terminal/number_text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace cxstream::cli {

namespace {

using terminal::grouped;

double milliseconds_of(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1e3;
}

double rate_of(const load_summary& s) {
  return s.seconds <= 0 ? 0 : static_cast<double>(s.acknowledged) / s.seconds;
}

double cpu_us_per_event(const load_summary& s) {
  return s.acknowledged == 0 ? 0 : s.cpu_seconds * 1e6 / static_cast<double>(s.acknowledged);
}

} // namespace

std::string summary_text(const load_summary& s) {
  std::string out = grouped(s.acknowledged) + " events acknowledged in " +
                    terminal::span(std::chrono::milliseconds(static_cast<std::int64_t>(s.seconds * 1e3))) + ": " +
                    terminal::per_second(rate_of(s)) + "\n";
  out += "  made        " + grouped(s.made.events) + ": " + grouped(s.made.duplicates) + " repeats, " +
         grouped(s.made.disordered) + " out of order, " + grouped(s.made.late) + " late, " + grouped(s.made.bad) +
         " bad\n";
  out += "  answered    " + grouped(s.outcomes.accepted) + " accepted (" + grouped(s.outcomes.late) + " late), " +
         grouped(s.outcomes.duplicate) + " duplicate, " + grouped(s.outcomes.conflict) + " conflict, " +
         grouped(s.outcomes.rejected) + " rejected\n";
  out += "  latency     p50 " + terminal::decimal(milliseconds_of(s.latency.quantile(0.5)), 2) + " ms, p99 " +
         terminal::decimal(milliseconds_of(s.latency.quantile(0.99)), 2) + " ms, most " +
         terminal::decimal(milliseconds_of(s.latency.max()), 2) + " ms\n";
  out += "  generator   " + terminal::decimal(cpu_us_per_event(s), 2) + " µs CPU an event";
  return out + (s.retries > 0 ? ", " + grouped(s.retries) + " lost connections\n" : "\n");
}

std::string summary_json(const load_summary& s) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto count = [&](const char* name, std::uint64_t value) {
    json.Key(name);
    json.Uint64(value);
  };
  const auto number = [&](const char* name, double value) {
    json.Key(name);
    json.Double(value);
  };
  json.StartObject();
  count("events", s.made.events);
  count("repeats", s.made.duplicates);
  count("out_of_order", s.made.disordered);
  count("made_late", s.made.late);
  count("bad", s.made.bad);
  count("acknowledged", s.acknowledged);
  count("accepted", s.outcomes.accepted);
  count("late", s.outcomes.late);
  count("duplicate", s.outcomes.duplicate);
  count("conflict", s.outcomes.conflict);
  count("rejected", s.outcomes.rejected);
  count("bytes", s.bytes);
  count("lost_connections", s.retries);
  number("seconds", s.seconds);
  number("events_per_second", rate_of(s));
  number("ack_p50_ms", milliseconds_of(s.latency.quantile(0.5)));
  number("ack_p99_ms", milliseconds_of(s.latency.quantile(0.99)));
  number("ack_max_ms", milliseconds_of(s.latency.max()));
  number("cpu_seconds", s.cpu_seconds);
  number("cpu_us_per_event", cpu_us_per_event(s));
  if (!s.trouble.empty()) {
    json.Key("trouble");
    json.String(s.trouble.c_str());
  }
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

} // namespace cxstream::cli
