#include "import/import.hpp"

#include "terminal/number_text.hpp"
#include "terminal/style.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>

namespace cxstream::cli {

namespace {

std::uint64_t rows_of_this_run(const import_outcome& outcome) {
  return outcome.counts.rows - std::min(outcome.counts.rows, outcome.resumed_at);
}

double rate_of(const import_outcome& outcome) {
  return outcome.seconds <= 0 ? 0 : static_cast<double>(outcome.counts.rows) / outcome.seconds;
}

} // namespace

std::string outcome_text(const import_outcome& outcome) {
  const auto look = terminal::style::of_stdout();
  const auto& c = outcome.counts;
  std::string out = look.paint(terminal::tone::strong, outcome.file) + ": " + terminal::grouped(c.rows) + " rows in " +
                    terminal::span(std::chrono::milliseconds(static_cast<std::int64_t>(outcome.seconds * 1e3))) + ", " +
                    terminal::per_second(rate_of(outcome)) + "\n";
  if (outcome.resumed_at > 0)
    out += "  (" + terminal::grouped(rows_of_this_run(outcome)) + " of them now, the others before)\n";
  const auto line = [&](const char* name, std::uint64_t count, terminal::tone tone) {
    if (count > 0)
      out += "  " + look.paint(tone, std::string(name) + terminal::grouped(count)) + "\n";
  };
  line("accepted    ", c.accepted, terminal::tone::good);
  line("  late      ", c.late, terminal::tone::plain);
  line("duplicate   ", c.duplicate, terminal::tone::plain);
  line("conflict    ", c.conflict, terminal::tone::bad);
  line("rejected    ", c.rejected, terminal::tone::bad);
  line("unreadable  ", c.unmapped, terminal::tone::bad);
  line("dropped     ", c.dropped, terminal::tone::plain);
  return out;
}

std::string outcome_json(const import_outcome& outcome) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto number = [&](const char* name, std::uint64_t value) {
    json.Key(name);
    json.Uint64(value);
  };
  json.StartObject();
  json.Key("file");
  json.String(outcome.file.c_str());
  number("rows", outcome.counts.rows);
  number("accepted", outcome.counts.accepted);
  number("late", outcome.counts.late);
  number("duplicate", outcome.counts.duplicate);
  number("conflict", outcome.counts.conflict);
  number("rejected", outcome.counts.rejected);
  number("unreadable", outcome.counts.unmapped);
  number("dropped", outcome.counts.dropped);
  number("resumed_at", outcome.resumed_at);
  json.Key("seconds");
  json.Double(outcome.seconds);
  json.Key("rows_per_second");
  json.Double(rate_of(outcome));
  if (!outcome.trouble.empty()) {
    json.Key("trouble");
    json.String(outcome.trouble.c_str());
  }
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

} // namespace cxstream::cli
