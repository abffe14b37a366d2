#include "taxonomy/taxonomy.hpp"

#include "command.hpp"
#include "config/load.hpp"
#include "config/load_taxonomy.hpp"
#include "time_option.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

namespace {

using action = int (*)(const taxonomy_options&);

std::shared_ptr<taxonomy_options> add(CLI::App& command, invocation& chosen, action run) {
  const auto options = std::make_shared<taxonomy_options>();
  command.callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  command.add_option("-c,--config", options->config,
                     "A node's configuration, whose taxonomy is taken where no file is named");
  return options;
}

void add_test(CLI::App& taxonomy, invocation& chosen) {
  auto* command = taxonomy.add_subcommand("test", "Run a taxonomy's examples and look for mistakes in it");
  const auto options = add(*command, chosen, test_taxonomy);
  command->add_option("FILE", options->file, "Taxonomy (YAML)");
  command->add_flag("--strict", options->strict, "Findings beside the examples count as differences too");
  command->add_flag("--json", options->call.json, "Print JSON, for scripts");
  command->footer("Examples:\n  cxstream taxonomy test examples/taxonomy.yaml\n\n"
                  "Exit codes: 0 every example came out, 1 some did not, 2 the file is wrong.");
}

void add_coverage(CLI::App& taxonomy, invocation& chosen) {
  auto* command = taxonomy.add_subcommand("coverage", "Which raw tags of the history have no home, by volume");
  const auto options = add(*command, chosen, measure_coverage);
  command->add_option("--file", options->file, "Taxonomy (YAML)");
  command->add_option("--events", options->events, "Look at this file of events (NDJSON, .gz may be), not at a node");
  command->add_option("--since", options->since, "Events that occurred from this time on (RFC 3339)");
  command->add_option("--source", options->source, "Events of this source system");
  command->add_option("--top", options->top, "So many tags; 0: all")->capture_default_str();
  add_call_options(*command, options->call);
  command->footer("Examples:\n  cxstream taxonomy coverage --file examples/taxonomy.yaml\n"
                  "  cxstream taxonomy coverage --file new.yaml --events examples/sample_events.ndjson.gz --top 5\n\n"
                  "A node's history is read by a subscription that is removed at the end.\n"
                  "Exit codes: 0 done, 1 events could not be read, 2 wrong usage or taxonomy, 3 no node answers.");
}

void add_rerun(CLI::App& taxonomy, invocation& chosen) {
  auto* command = taxonomy.add_subcommand("rerun", "Run a new version over the history, as new events");
  const auto options = add(*command, chosen, rerun_taxonomy);
  command->add_option("--file", options->file, "The new taxonomy (YAML)")->required();
  command->add_option("--from", options->known,
                      "A taxonomy that gave tags in the past (again for more); the configuration's is one of them");
  command->add_flag(
      "--any-version", options->any_version,
      "Where the version that gave an event's tags is not among them: every tag of an event with raw tags "
      "counts as the taxonomy's, also one that the source has set");
  command->add_flag("--fill-in", options->fill_in,
                    "Also events from before there was a taxonomy: what they have stays, what is absent is given");
  command->add_flag("--dry-run", options->dry_run, "Only say what would change");
  command->add_option("--since", options->since, "Events that occurred from this time on (RFC 3339)");
  command->add_option("--rate", options->rate, "At most so many new events, such as 500/s");
  add_call_options(*command, options->call);
  command->footer(
      "Examples:\n  cxstream taxonomy rerun --file new.yaml --from old.yaml --dry-run\n"
      "  cxstream taxonomy rerun --file new.yaml --from old.yaml --rate 500/s\n\n"
      "Nothing of the past is rewritten. A run that was interrupted goes on where it was; one that is repeated "
      "changes nothing.\n"
      "Exit codes: 0 done, 1 events were refused or of an unknown version, 2 wrong usage or taxonomy, "
      "3 no node answers, 130 interrupted.");
}

} // namespace

base::result<config::taxonomy_document> load_named_taxonomy(const taxonomy_options& options) {
  if (!options.file.empty())
    return config::load_taxonomy_document(options.file);
  if (options.config.empty())
    return base::error{base::error_code::invalid_argument,
                       "which taxonomy? Name its file, or a node's configuration with --config"};
  const auto config = config::load_config(options.config);
  if (!config)
    return config.err();
  if (config->ingest.taxonomy_file.empty())
    return base::error{base::error_code::invalid_argument,
                       options.config + ": names no taxonomy; set ingest.taxonomy_file, or name a file"};
  return config::load_taxonomy_document(config->ingest.taxonomy_file);
}

base::result<std::optional<google::protobuf::Timestamp>> time_of(const taxonomy_options& options) {
  if (options.since.empty())
    return std::optional<google::protobuf::Timestamp>{};
  google::protobuf::Timestamp time;
  if (!parse_time(options.since, time))
    return base::error{base::error_code::invalid_argument,
                       "'" + options.since + "' is no time; write it as 2026-01-31T08:00:00Z"};
  return std::optional(time);
}

void add_taxonomy_command(CLI::App& app, invocation& chosen) {
  auto* taxonomy = app.add_subcommand("taxonomy", "Raw tags to canonical tags: test, coverage, rerun over history")
                       ->require_subcommand(1);
  add_test(*taxonomy, chosen);
  add_coverage(*taxonomy, chosen);
  add_rerun(*taxonomy, chosen);
}

} // namespace cxstream::cli
