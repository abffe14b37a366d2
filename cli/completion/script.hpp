// Completion scripts for shells, made from the tree of commands. Pure.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cxstream::cli {

// A word that may come next, and what it is.
struct completion_word {
  std::string word;
  std::string what;
};

// What may come after the commands of `path` ("sink list"; empty: the program itself).
struct completion_node {
  std::string path;
  std::vector<completion_word> commands;
  std::vector<completion_word> options;
};

std::vector<completion_node> completion_nodes(const CLI::App& app);

// shell: bash, zsh or fish.
std::string completion_script(const CLI::App& app, const std::string& shell);

} // namespace cxstream::cli
