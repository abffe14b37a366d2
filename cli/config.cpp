#include "command.hpp"

#include "config/load.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

int check(const std::string& file) {
  const auto config = config::load_config(file);
  if (!config)
    return fail(client::exit_usage, config.err().message);
  std::printf("%s: OK\n", file.c_str());
  std::printf("  gRPC on %s, metrics and health on %s\n", config->grpc_listen.c_str(), config->http_listen.c_str());
  std::printf("  data in %s, %u partitions\n", config->storage.data_dir.c_str(), config->storage.partitions);
  for (const auto& sink : config->sinks)
    std::printf("  sink %s (%s)\n", sink.name.c_str(), sink.kind.c_str());
  return client::exit_ok;
}

} // namespace

void add_config_command(CLI::App& app, invocation& chosen) {
  auto* config = app.add_subcommand("config", "Work with configuration files")->require_subcommand(1);
  auto* command = config->add_subcommand("check", "Check a node's configuration file without starting it");
  const auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "Configuration file (YAML)")->required();
  command->footer("Example:\n  cxstream config check /etc/cxstream/cxstream.yaml\n\n"
                  "Exit codes: 0 it is right, 2 it is not (each mistake is named with its line).");
  command->callback([&chosen, file] { chosen.run = [file] { return check(*file); }; });
}

} // namespace cxstream::cli
