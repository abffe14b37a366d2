// How the commands of `cxstream` join the program: each file adds its subcommand, and says what to do when it was
// chosen.
#pragma once

#include "failure.hpp"

#include <functional>

namespace CLI {
class App; // its header costs seconds: only those include it who add options
}

namespace cxstream::cli {

// What the command line asks for; set by the subcommand that was chosen, run after the whole line was read.
struct invocation {
  std::function<int()> run; // returns the exit code
};

// One function for each command, in the order of the help text. Each is defined in the file of its name.
void add_serve_command(CLI::App& app, invocation& chosen);
void add_import_command(CLI::App& app, invocation& chosen);
void add_job_command(CLI::App& app, invocation& chosen);
void add_map_command(CLI::App& app, invocation& chosen);
void add_generate_command(CLI::App& app, invocation& chosen);
void add_ticket_command(CLI::App& app, invocation& chosen);
void add_tail_command(CLI::App& app, invocation& chosen);
void add_source_command(CLI::App& app, invocation& chosen);
void add_schema_command(CLI::App& app, invocation& chosen);
void add_sink_command(CLI::App& app, invocation& chosen);
void add_sla_command(CLI::App& app, invocation& chosen);
void add_dead_command(CLI::App& app, invocation& chosen);
void add_replay_command(CLI::App& app, invocation& chosen);
void add_stats_command(CLI::App& app, invocation& chosen);
void add_verify_command(CLI::App& app, invocation& chosen);
void add_reconcile_command(CLI::App& app, invocation& chosen);
void add_config_command(CLI::App& app, invocation& chosen);
void add_evidence_command(CLI::App& app, invocation& chosen);
void add_feedback_command(CLI::App& app, invocation& chosen);
void add_rule_command(CLI::App& app, invocation& chosen);
void add_taxonomy_command(CLI::App& app, invocation& chosen);
void add_key_command(CLI::App& app, invocation& chosen);
void add_receiver_command(CLI::App& app, invocation& chosen);
void add_completion_command(CLI::App& app, invocation& chosen);
void add_version_command(CLI::App& app, invocation& chosen);

} // namespace cxstream::cli
