#include "import/import.hpp"

#include "calls.hpp"
#include "command.hpp"
#include "sources/files/fitting_mapping.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>

namespace cxstream::cli {

namespace {

std::uint64_t size_of(const std::string& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  return code ? 0 : size;
}

} // namespace

base::result<sources::mapping> rules_for(const import_options& options, const std::string& file) {
  if (!options.mapping.empty())
    return sources::resolve_mapping(options.mapping);
  if (file == "-")
    return sources::canonical_mapping(); // its first bytes can be read once only
  return sources::fitting_mapping(file);
}

void show_outcome(const import_options& options, const import_outcome& outcome) {
  const auto began = outcome.code != client::exit_usage && outcome.counts.rows > 0;
  if (options.json)
    std::fputs(outcome_json(outcome).c_str(), stdout);
  else if (began || outcome.trouble.empty())
    std::fputs(outcome_text(outcome).c_str(), stdout);
  std::fflush(stdout);
  if (!outcome.trouble.empty())
    fail(outcome.code, outcome.trouble);
}

int run_import(const import_options& options) {
  if (options.files.empty() == options.watch.empty())
    return fail(client::exit_usage, "import: name files, or a folder with --watch");
  if (!options.state.empty() && (options.files.size() > 1 || !options.watch.empty()))
    return fail(client::exit_usage, "import: --state names the state of one file; import the files one by one");
  if (!options.watch.empty()) {
    if (!options.rejects.empty() || options.dry_run || options.shuffle || !options.resume || options.upload)
      return fail(client::exit_usage, "import: --watch writes rejects below its folder and always resumes; it has no "
                                      "--rejects, --dry-run, --shuffle, --upload or --no-resume");
    return run_watch(options);
  }
  if (options.upload)
    return run_upload(options);
  for (const auto& file : options.files) {
    if (file != "-" && !std::filesystem::exists(file))
      return fail(client::exit_usage, "no such file: " + file);
    if (const auto rules = rules_for(options, file); !rules) // before the first row of any file is sent
      return fail(client::exit_usage, rules.err().message);
  }
  int code = client::exit_ok;
  for (const auto& file : options.files) {
    const auto rules = rules_for(options, file);
    if (!rules)
      return fail(client::exit_usage, rules.err().message);
    const auto is_first = &file == &options.files.front();
    const auto outcome = options.dry_run ? try_file(options, file, *rules)
                                         : import_file(options, file, *rules, is_first ? 0 : size_of(options.rejects));
    show_outcome(options, outcome);
    code = std::max<int>(code, outcome.code);
    if (outcome.code > client::exit_failed)
      break;
  }
  return code;
}

void add_import_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("import", "Bring the events of files to a node; importing again changes nothing");
  const auto options = std::make_shared<import_options>();
  command->add_option("FILE", options->files,
                      "CSV, NDJSON, JSON, XML or XES, plain, gzip or zstd; - is standard input");
  command->add_option("--watch", options->watch,
                      "Instead of files, a folder: each file that appears in it and is not changed for 2 seconds is "
                      "imported, then moved to done/ or failed/ below it");
  command->add_option("-m,--mapping", options->mapping,
                      "Mapping: a file (YAML), or the name of a built-in one (see cxstream map list). Without it, the "
                      "file holds canonical events as JSON, or is an event log (XES)");
  command->add_option("--rejects", options->rejects, "Write the rows that were refused to this file, as NDJSON");
  command->add_flag("--resume,!--no-resume", options->resume,
                    "Go on where an interrupted import stopped (the default)");
  command->add_option("--state", options->state, "Where to keep how far it came; FILE.cxstream-import when absent");
  command->add_option("--shuffle", options->shuffle,
                      "Send the rows in an order drawn from this seed (keeps them all in memory)");
  command->add_option("--rate", options->rate, "At most so many rows a second; 0: as fast as they go")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--in-flight", options->in_flight, "Unanswered events at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--patience", options->patience_s, "Give up after so many seconds without an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run,
                    "Send nothing: map every row, show the first event and what is refused");
  command->add_flag(
      "--upload", options->upload,
      "Send the file to the node, which imports it as a job of its own (see cxstream job): it goes on when "
      "this command is left, and over restarts");
  command->add_flag("--detach", options->detach, "With --upload: come back when the file is on the node");
  command->add_flag("--json", options->json, "Print the summary as JSON, a line for each file");
  command->add_flag("-q,--quiet", options->quiet, "Show no progress");
  add_node_options(*command, options->node);
  command->footer(
      "Examples:\n  cxstream import examples/sample_events.ndjson.gz\n"
      "  cxstream import incidents.csv.gz --mapping examples/mappings/servicenow.yaml --rejects bad.ndjson\n"
      "  cxstream import incidents.csv -m my.yaml --dry-run\n"
      "  cxstream import log.xes.gz\n"
      "  zcat old.json.gz | cxstream import - --mapping zendesk_ticket\n"
      "  cxstream import --watch /srv/inbox --mapping my.yaml\n"
      "  cxstream import years.csv.zst --mapping my.yaml --upload\n\n"
      "Exit codes: 0 every row is in, 1 some rows were refused, 2 wrong usage or mapping, 3 no node answers\n"
      "or it stopped (run the same command again to go on), 130 interrupted.");
  command->callback([&chosen, options] { chosen.run = [options] { return run_import(*options); }; });
}

} // namespace cxstream::cli
