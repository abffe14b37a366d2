#include "command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

void add_version_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("version", "Print the program's version");
  command->callback([&chosen] {
    chosen.run = [] {
      std::printf("cxstream %s\n", CXSTREAM_VERSION);
      return client::exit_ok;
    };
  });
}

} // namespace cxstream::cli
