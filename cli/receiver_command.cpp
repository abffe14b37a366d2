#include "command.hpp"
#include "receiver.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <vector>

namespace cxstream::cli {

void add_receiver_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("receiver", "A webhook receiver that fails now and then, to try a node with");
  const auto options = std::make_shared<receiver_options>();
  const auto slow_ms = std::make_shared<std::uint32_t>(0);
  const auto share = [&](const char* name, double& into, const char* what) {
    command->add_option(name, into, what)->check(CLI::Range(0.0, 1.0))->capture_default_str();
  };
  command->add_option("--port", options->port, "On 127.0.0.1; 0 lets the kernel pick one")->capture_default_str();
  command->add_option("--seed", options->seed, "Decides which requests fail")->capture_default_str();
  share("--fail-rate", options->fail_rate, "Share of requests answered 500 or 503");
  share("--throttle-rate", options->throttle_rate, "Share of requests answered 429 with Retry-After: 1");
  share("--slow-rate", options->slow_rate, "Share of requests that wait for --slow-ms first");
  command->add_option("--slow-ms", *slow_ms, "How long slow requests wait, milliseconds")->capture_default_str();
  command->add_option("--poison-ticket", options->poison_tickets, "Tickets that are always answered 500");
  command->add_option("--poison-permanent", options->poison_permanent, "Tickets that are always answered 400");
  command->add_option("--secret", options->secret, "Check signatures with these Standard Webhooks secrets (whsec_…)");
  command->add_option("--log", options->log_file, "Write a JSON line for each event taken to this file");
  command->footer("Example:\n  cxstream receiver --port 8080 --fail-rate 0.05 --throttle-rate 0.02\n\n"
                  "The first line says where it listens; GET /stats answers its counts as JSON. Ctrl-C ends it.");
  command->callback([&chosen, options, slow_ms] {
    options->slow = std::chrono::milliseconds{*slow_ms};
    chosen.run = [options] { return run_receiver(*options); };
  });
}

} // namespace cxstream::cli
