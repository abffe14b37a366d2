#include "sla/report.hpp"

#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

std::uint64_t measured(const v1::SlaCounts& c) {
  return c.kept() + c.slow() + c.dead();
}

// "99.37 %"; a share below 1 is never rounded up to 100 %.
std::string share_text(const v1::SlaCounts& c) {
  if (measured(c) == 0)
    return "–";
  const auto share = static_cast<double>(c.kept()) / static_cast<double>(measured(c));
  return terminal::decimal(std::floor(share * 1e4) / 1e2, 2) + " %";
}

std::string target_text(double share) {
  const auto percent = share * 100;
  return terminal::decimal(percent, std::abs(percent - std::round(percent)) < 1e-9 ? 0 : 2) + " %";
}

std::string span(std::uint64_t seconds) {
  return terminal::span(std::chrono::seconds{seconds});
}

// "2026-01-31"
std::string day_text(const google::protobuf::Timestamp& t) {
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{t.seconds()}})};
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(day.year())) + "-" + two(static_cast<unsigned>(day.month())) + "-" +
         two(static_cast<unsigned>(day.day()));
}

std::string verdict(const v1::SinkSla& s) {
  if (measured(s.window()) == 0)
    return "nothing measured yet";
  if (s.budget_left() < 0)
    return "NOT KEPT";
  return "kept";
}

std::string burn_text(const v1::SinkSla& s) {
  std::string out;
  for (const auto& b : s.burn())
    out.append(out.empty() ? "" : ", ")
        .append(terminal::decimal(b.rate(), 1))
        .append("× over ")
        .append(span(b.window_seconds()));
  return out;
}

terminal::table days_of(const v1::SinkSla& s) {
  const auto right = terminal::table_column::side::right;
  terminal::table out({{"day (UTC)"},
                       {"events", right},
                       {"in time", right},
                       {"share", right},
                       {"slow", right},
                       {"dead", right},
                       {"not measured", right}});
  for (const auto& d : s.days()) {
    const auto& c = d.counts();
    const bool missed = measured(c) > 0 && static_cast<double>(c.kept()) < s.share() * static_cast<double>(measured(c));
    out.add({{day_text(d.day())},
             {grouped(measured(c))},
             {grouped(c.kept())},
             {share_text(c), missed ? tone::bad : tone::plain},
             {grouped(c.slow()), c.slow() > 0 ? tone::notice : tone::plain},
             {grouped(c.dead()), c.dead() > 0 ? tone::bad : tone::plain},
             {grouped(c.unmeasured())}});
  }
  return out;
}

std::string sink_text(const v1::SinkSla& s, const terminal::style& look, std::size_t width) {
  const auto& w = s.window();
  const auto* from = s.from() == v1::SLA_FROM_RECEIVED ? "received" : "occurred";
  std::string out = s.sink() + ": " + verdict(s) + "\n";
  out += "  promised   " + target_text(s.share()) + " of events " + from + "→delivered within " +
         terminal::span(std::chrono::milliseconds{s.within_ms()}) + ", over " + span(s.window_seconds()) + "\n";
  out += "  measured   " + share_text(w) + " of " + grouped(measured(w)) + " events (" + grouped(w.slow()) + " slow, " +
         grouped(w.dead()) + " dead; " + grouped(w.unmeasured()) + " not measured)\n";
  out += "  budget     " + terminal::decimal(s.budget_left() * 100, 1) + " % left\n";
  out += "  burning    " + burn_text(s) + "\n";
  return out + days_of(s).text(look, width);
}

} // namespace

std::string sla_text(const v1::GetSlaResponse& answer, const terminal::style& look, std::size_t width) {
  std::string out;
  for (const auto& s : answer.sinks())
    out += (out.empty() ? "" : "\n") + sink_text(s, look, width);
  return out.empty() ? "no sink has an sla; docs/operating.md says how to promise one\n" : out;
}

bool all_within_budget(const v1::GetSlaResponse& answer) {
  return std::ranges::all_of(answer.sinks(), [](const v1::SinkSla& s) { return s.budget_left() >= 0; });
}

} // namespace cxstream::cli
