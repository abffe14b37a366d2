#include "calls.hpp"
#include "client/interruption.hpp"
#include "command.hpp"
#include "sink_table.hpp"
#include "terminal/number_text.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <thread>

namespace cxstream::cli {

namespace {

using terminal::grouped;

struct stats_options {
  call_options call;
  bool watch = false;
  double every_s = 1.0;
};

// What is shown at one moment.
struct sample {
  v1::GetNodeResponse node;
  v1::ListSinksResponse sinks;
  std::chrono::steady_clock::time_point at;
};

grpc::Status take(v1::AdminService::Stub& stub, sample& out) {
  out.at = std::chrono::steady_clock::now();
  const auto status = stub.GetNode(client::call_within(call_timeout).get(), v1::GetNodeRequest(), &out.node);
  if (!status.ok())
    return status;
  return stub.ListSinks(client::call_within(call_timeout).get(), v1::ListSinksRequest(), &out.sinks);
}

std::string rate_text(std::uint64_t now, std::uint64_t before, double seconds) {
  return seconds <= 0 || now < before ? ""
                                      : " (" + terminal::per_second(static_cast<double>(now - before) / seconds) + ")";
}

std::string text(const sample& now, const sample* before, const terminal::style& look) {
  const auto& node = now.node;
  const auto seconds = before == nullptr ? 0 : std::chrono::duration<double>(now.at - before->at).count();
  const auto up = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch() -
                                                           std::chrono::seconds(node.started_at().seconds()));
  const auto rated = [&](std::uint64_t value, std::uint64_t (v1::GetNodeResponse::*member)() const) {
    return grouped(value) + (before == nullptr ? "" : rate_text(value, (before->node.*member)(), seconds));
  };
  std::string out = look.paint(terminal::tone::strong, "cxstream " + node.program_version()) + ", up " +
                    terminal::span(up) + ", " + std::to_string(node.partitions()) + " partitions";
  if (!node.taxonomy_version().empty())
    out += ", taxonomy " + node.taxonomy_version();
  out += "\n  committed   " + rated(node.committed(), &v1::GetNodeResponse::committed) + " events of " +
         grouped(node.tickets()) + " tickets, " + grouped(node.late()) + " late\n";
  out += "  received    " + rated(node.received(), &v1::GetNodeResponse::received) + " since the start, " +
         grouped(node.rejected()) + " rejected\n";
  out += "  duplicates  " + grouped(node.duplicates()) + ", conflicts " + grouped(node.conflicts()) + "\n";
  out += "  in memory   " + grouped(node.live_tickets()) + " tickets; dead letters " + grouped(node.dead_letters()) +
         "\n\n";
  return now.sinks.sinks().empty() ? out + "no sinks\n"
                                   : out + sink_table(now.sinks).text(look, terminal::stdout_width());
}

void print_json(const sample& now) {
  std::printf("{\"node\":%s,\"sinks\":%s}\n", client::to_json(now.node, client::json_layout::line).c_str(),
              client::to_json(now.sinks, client::json_layout::line).c_str());
  std::fflush(stdout);
}

int run(const stats_options& options) {
  const auto stub = v1::AdminService::NewStub(client::connect(options.call.node));
  const auto look = terminal::style::of_stdout();
  const auto clears = options.watch && terminal::stdout_is_terminal();
  const auto& stop = client::interrupted();
  sample before;
  bool first = true;
  do {
    sample now;
    const auto status = take(*stub, now);
    if (!status.ok())
      return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
    if (options.call.json)
      print_json(now);
    else
      std::printf("%s%s%s", clears ? "\x1b[H\x1b[2J" : "", text(now, first ? nullptr : &before, look).c_str(),
                  options.watch && !clears ? "\n" : "");
    std::fflush(stdout);
    before = std::move(now);
    first = false;
    const auto until = before.at + std::chrono::duration<double>(options.every_s);
    while (options.watch && !stop && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  } while (options.watch && !stop);
  return client::exit_ok;
}

} // namespace

void add_stats_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("stats", "Counts of the node and its sinks");
  const auto options = std::make_shared<stats_options>();
  command->add_flag("-w,--watch", options->watch, "Show them live, until Ctrl-C");
  command->add_option("--every", options->every_s, "With --watch: seconds between two looks")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  add_call_options(*command, options->call);
  command->footer("Examples:\n  cxstream stats --watch\n  cxstream stats --json | jq .node.committed");
  command->callback([&chosen, options] { chosen.run = [options] { return run(*options); }; });
}

} // namespace cxstream::cli
