#include "calls.hpp"
#include "command.hpp"
#include "sla/report.hpp"
#include "terminal/table.hpp"

#include "cxstream/v1/sla.grpc.pb.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

using service = v1::SlaService;

struct sla_options {
  call_options call;
  std::string sink;
  std::uint32_t days = 7;
  bool week = false;
};

int report(const sla_options& options) {
  v1::GetSlaRequest request;
  request.set_sink(options.sink);
  request.set_days(options.week ? 7 : options.days);
  return call<service>(options.call, &service::Stub::GetSla, request, [&](const v1::GetSlaResponse& answer) {
    if (!options.call.json)
      std::fputs(sla_text(answer, terminal::style::of_stdout(), terminal::stdout_width()).c_str(), stdout);
    return all_within_budget(answer) ? client::exit_ok : client::exit_failed;
  });
}

} // namespace

void add_sla_command(CLI::App& app, invocation& chosen) {
  auto* sla = app.add_subcommand("sla", "See how sinks keep what is promised of their speed")->require_subcommand(1);
  const auto options = std::make_shared<sla_options>();
  auto* one = sla->add_subcommand("report", "Share in time, budget left and burn rate of each sink, day by day");
  one->add_option("sink", options->sink, "Only this sink");
  auto* days = one->add_option("--days", options->days, "So many days, today the last")
                   ->capture_default_str()
                   ->check(CLI::Range(1, 92));
  one->add_flag("--week", options->week, "The last seven days")->excludes(days);
  add_call_options(*one, options->call);
  one->callback([&chosen, options] { chosen.run = [options] { return report(*options); }; });
  sla->footer("Examples:\n  cxstream sla report --week\n  cxstream sla report crm --days 28 --json\n\n"
              "Exit codes: 0 every budget has something left, 1 one is overspent, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
