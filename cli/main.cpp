// The `cxstream` program: reads the command line and runs the command that it names.
#include "command.hpp"

#include "google/protobuf/stubs/logging.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <exception>

namespace cxstream::cli {

namespace {

constexpr const char* footer = R"(Exit codes:
  0    done
  1    done, but something was refused, was not found or does not add up
  2    the command line, a mapping or a configuration is wrong
  3    no node answers, or it stopped the work; trying again can help
  130  interrupted

Most commands talk to a node: --server host:port, or the variable CXSTREAM_SERVER.
Start with:
  cxstream serve                       a node on this machine
  cxstream import events.ndjson.gz     bring events in
  cxstream stats --watch               see them pass)";

void add_commands(CLI::App& app, invocation& chosen) {
  add_serve_command(app, chosen);
  add_import_command(app, chosen);
  add_job_command(app, chosen);
  add_map_command(app, chosen);
  add_generate_command(app, chosen);
  add_ticket_command(app, chosen);
  add_tail_command(app, chosen);
  add_source_command(app, chosen);
  add_schema_command(app, chosen);
  add_sink_command(app, chosen);
  add_sla_command(app, chosen);
  add_dead_command(app, chosen);
  add_replay_command(app, chosen);
  add_stats_command(app, chosen);
  add_verify_command(app, chosen);
  add_reconcile_command(app, chosen);
  add_config_command(app, chosen);
  add_evidence_command(app, chosen);
  add_feedback_command(app, chosen);
  add_rule_command(app, chosen);
  add_taxonomy_command(app, chosen);
  add_key_command(app, chosen);
  add_receiver_command(app, chosen);
  add_completion_command(app, chosen);
  add_version_command(app, chosen);
}

int run(int argc, char** argv) {
  CLI::App app(
      "cxstream: one ordered, deduplicated history per support ticket, delivered to every system that needs it",
      "cxstream");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.footer(footer);
  invocation chosen;
  add_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? client::exit_ok : client::exit_usage;
  }
  return chosen.run ? chosen.run() : fail(client::exit_usage, "nothing to do; see cxstream --help");
}

} // namespace

int fail(client::exit_code code, const std::string& what) {
  std::fprintf(stderr, "cxstream: %s\n", what.c_str());
  return code;
}

} // namespace cxstream::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN); // a reader that went away is an error of a write
  // Texts that are no UTF-8 are the node's to refuse, with a reason; protobuf need not complain about them as well.
  google::protobuf::SetLogHandler(nullptr);
  try {
    return cxstream::cli::run(argc, argv);
  } catch (const std::exception& e) {
    return cxstream::cli::fail(cxstream::client::exit_failed, e.what());
  }
}
