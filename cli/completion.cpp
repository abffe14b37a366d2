#include "command.hpp"
#include "completion/script.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

void add_completion_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("completion", "Print a script that completes commands with the tab key");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Examples:\n  cxstream completion bash > /etc/bash_completion.d/cxstream\n"
                  "  cxstream completion zsh > \"${fpath[1]}/_cxstream\"\n"
                  "  cxstream completion fish > ~/.config/fish/completions/cxstream.fish");
  command->callback([&chosen, &app, shell] {
    chosen.run = [&app, shell] {
      std::fputs(completion_script(app, *shell).c_str(), stdout);
      return client::exit_ok;
    };
  });
}

} // namespace cxstream::cli
