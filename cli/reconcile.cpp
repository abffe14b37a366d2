#include "calls.hpp"
#include "command.hpp"
#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

std::string name_of(v1::DifferenceKind kind) {
  switch (kind) {
    case v1::DIFFERENCE_MISSING:
      return "missing";
    case v1::DIFFERENCE_STALE:
      return "stale";
    case v1::DIFFERENCE_ALTERED:
      return "altered";
    case v1::DIFFERENCE_EXTRA:
      return "extra";
    default:
      return "?";
  }
}

std::string sequence(std::uint64_t number) {
  return number == 0 ? "-" : grouped(number);
}

void print_differences(const v1::ReconcileResponse& report, const terminal::style& look) {
  constexpr int shown_max = 50;
  const auto right = terminal::table_column::side::right;
  terminal::table rows({{"ticket"}, {"is"}, {"expected", right}, {"found", right}, {"mended"}, {""}});
  for (int i = 0; i < std::min(report.differences_size(), shown_max); ++i) {
    const auto& d = report.differences(i);
    rows.add({{terminal::printable(d.ticket_id())},
              {name_of(d.kind())},
              {sequence(d.expected_sequence())},
              {sequence(d.found_sequence())},
              d.mended() ? terminal::cell("yes", tone::good) : terminal::cell("no", tone::bad),
              {terminal::printable(d.problem())}});
  }
  if (!rows.empty())
    std::printf("\n%s", rows.text(look).c_str());
  if (report.differences_size() > shown_max)
    std::printf("… and %s more; --json lists them\n",
                grouped(static_cast<std::uint64_t>(report.differences_size() - shown_max)).c_str());
}

void print_report(const v1::ReconcileResponse& report) {
  const auto look = terminal::style::of_stdout();
  std::printf("%s: %s tickets expected, %s missing, %s stale, %s altered, %s extra, %s mended; %s\n",
              report.sink().c_str(), grouped(report.tickets()).c_str(), grouped(report.missing()).c_str(),
              grouped(report.stale()).c_str(), grouped(report.altered()).c_str(), grouped(report.extra()).c_str(),
              grouped(report.mended()).c_str(),
              terminal::span(std::chrono::milliseconds(static_cast<std::int64_t>(report.seconds() * 1'000))).c_str());
  print_differences(report, look);
  if (report.truncated())
    std::printf("There are more than one comparison looks at: mend these, then compare again.\n");
  std::printf("reconcile: %s\n",
              look.paint(report.ok() ? tone::good : tone::bad, report.ok() ? "OK" : "DIFFERS").c_str());
}

} // namespace

void add_reconcile_command(CLI::App& app, invocation& chosen) {
  auto* command =
      app.add_subcommand("reconcile", "Compare what a sink's target holds with what it should, and mend it");
  struct reconcile_options {
    call_options call;
    std::string sink;
    bool repair = false;
    bool remove_extra = false;
  };
  const auto options = std::make_shared<reconcile_options>();
  command->add_option("sink", options->sink, "Name of the sink")->required();
  command->add_flag("--repair", options->repair, "Deliver again what is missing, stale or altered");
  command->add_flag("--remove-extra", options->remove_extra, "Take away tickets that the target should not hold");
  add_call_options(*command, options->call);
  command->footer("Examples:\n  cxstream reconcile warehouse\n  cxstream reconcile warehouse --repair\n\n"
                  "It runs beside deliveries; what was not delivered yet is no difference.\n"
                  "Exit codes: 0 nothing differs (any more), 1 something does, 3 no node answers.");
  command->callback([&chosen, options] {
    chosen.run = [options] {
      v1::ReconcileRequest request;
      request.set_sink(options->sink);
      request.set_repair(options->repair);
      request.set_remove_extra(options->remove_extra);
      return call<v1::AdminService>(
          options->call, &v1::AdminService::Stub::Reconcile, request,
          [&](const v1::ReconcileResponse& report) {
            if (!options->call.json)
              print_report(report);
            return report.ok() ? client::exit_ok : client::exit_failed;
          },
          long_call_timeout);
    };
  });
}

} // namespace cxstream::cli
