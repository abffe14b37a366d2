#include "generate/generate.hpp"

#include "calls.hpp"
#include "command.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

namespace {

void add_shape_options(CLI::App& command, generate_options& options) {
  constexpr const char* group = "Shape of the events";
  auto& plan = options.plan;
  const auto percent = [&](const char* name, double& share, const char* what) {
    command
        .add_option_function<double>(
            name, [&share](double value) { share = value / 100.0; }, what)
        ->check(CLI::Range(0.0, 100.0))
        ->group(group);
  };
  command.add_option("--tickets", plan.tickets, "Tickets they belong to")
      ->check(CLI::Range(1u, 100'000'000u))
      ->capture_default_str()
      ->group(group);
  command.add_option("--zipf", plan.zipf_s, "How uneven: 0 all tickets alike, 1 a few have most")
      ->check(CLI::Range(0.0, 5.0))
      ->capture_default_str()
      ->group(group);
  percent("--duplicates", plan.duplicates, "Percent that repeat an earlier event");
  percent("--disorder", plan.disorder, "Percent that come after their successor");
  percent("--late", plan.late, "Percent that are hours older than their ticket's newest");
  percent("--bad", plan.bad, "Percent that break the contract");
  command.add_option("--event-bytes", plan.event_bytes, "Size of an event, about")
      ->check(CLI::Range(1u, 60'000u))
      ->capture_default_str()
      ->group(group);
  command.add_option("--seed", plan.seed, "The same seed makes the same events: sent twice, they are duplicates")
      ->capture_default_str()
      ->group(group);
  command.add_flag("--live-clock", options.live_clock, "Events happen now; else from 2025 on, the same on every run")
      ->group(group);
}

} // namespace

void add_generate_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("generate", "Send invented events to a node, or write them to a file");
  const auto options = std::make_shared<generate_options>();
  command->add_option("-n,--events", options->events, "How many; 0 with --duration: no limit")->capture_default_str();
  command->add_option("--duration", options->duration_s, "End after so many seconds")->check(CLI::NonNegativeNumber);
  command->add_option("--rate", options->rate, "Events a second over all streams; 0: as fast as they go")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--streams", options->plan.streams, "gRPC streams side by side")
      ->check(CLI::Range(1u, 64u))
      ->capture_default_str();
  command->add_option("--batch", options->batch, "Events a message at most")
      ->check(CLI::Range(1u, 16'384u))
      ->capture_default_str();
  command->add_option("--in-flight", options->in_flight, "Unanswered events a stream at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--patience", options->patience_s, "Give up after so many seconds without an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "Write NDJSON to this file (- for standard output), not to a node");
  add_node_options(*command, options->node);
  command->add_flag("--json", options->json, "Print the summary as JSON");
  command->add_flag("-q,--quiet", options->quiet, "Show no progress");
  add_shape_options(*command, *options);
  command->footer("Examples:\n  cxstream generate --events 1000000 --duplicates 2 --late 1\n"
                  "  cxstream generate --events 0 --duration 30 --rate 10000 --batch 64 --json   (for latencies)\n"
                  "  cxstream generate --events 1000 --bad 1 --out events.ndjson\n\n"
                  "Exit codes: 0 all were answered, 2 wrong usage, 3 no node answers, 130 interrupted.");
  command->callback([&chosen, options] {
    if (options->events == 0 && options->duration_s <= 0)
      throw CLI::ValidationError("--events", "0 needs a --duration");
    chosen.run = [options] { return options->out.empty() ? generate_to_node(*options) : generate_to_file(*options); };
  });
}

} // namespace cxstream::cli
