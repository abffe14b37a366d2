#include "command.hpp"

#include "serve/serve.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cxstream::cli {

void add_serve_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("serve", "Run a node until it is told to stop (SIGTERM, Ctrl-C)");
  const auto options = std::make_shared<serve_options>();
  command->add_option("--config,-c", options->config_file,
                      "Configuration file (YAML); without it: defaults and no sinks");
  command->add_option("--data-dir", options->data_dir, "Where everything is kept; overrides the file");
  command->add_option("--grpc", options->grpc_listen,
                      "Address for clients, host:port; port 0 lets the kernel pick one");
  command->add_option("--http", options->http_listen,
                      "Address for /metrics, /livez, /readyz; port 0 lets the kernel pick one");
  command->add_option("--intake", options->intake_listen,
                      "Address for webhooks and events by HTTP; port 0 lets the kernel pick one");
  command->add_flag("--insecure", options->insecure,
                    "Listen beyond this machine without TLS and API keys: whoever reaches the node may do anything");
  command->footer(
      "Examples:\n"
      "  cxstream serve --config examples/cxstream.yaml\n"
      "  cxstream serve --data-dir /var/lib/cxstream --grpc 127.0.0.1:0\n\n"
      "Where the node listens is written to node.json in its data directory. Logs are JSON lines on stderr.\n"
      "Exit codes: 0 stopped in order; 1 could not start or stop in time; 2 the configuration is wrong.");
  command->callback([&chosen, options] { chosen.run = [options] { return run_serve(*options); }; });
}

} // namespace cxstream::cli
