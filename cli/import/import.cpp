#include "import/import.hpp"

#include "calls.hpp"
#include "command.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"

#include <cstdio>
#include <filesystem>

namespace cxstream::cli {

namespace {

bool is_csv(const std::string& file) {
  auto path = std::filesystem::path(file);
  if (path.extension() == ".gz")
    path = path.stem();
  return path.extension() == ".csv" || path.extension() == ".tsv";
}

std::uint64_t size_of(const std::string& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  return code ? 0 : size;
}

} // namespace

int run_import(const import_options& options) {
  if (!options.state.empty() && options.files.size() > 1)
    return fail(client::exit_usage, "import: --state names the state of one file; import the files one by one");
  auto rules = options.mapping.empty() ? base::result<sources::mapping>(sources::canonical_mapping())
                                       : sources::resolve_mapping(options.mapping);
  if (!rules)
    return fail(client::exit_usage, rules.err().message);
  for (const auto& file : options.files) {
    if (!std::filesystem::exists(file))
      return fail(client::exit_usage, "no such file: " + file);
    if (options.mapping.empty() && is_csv(file))
      return fail(client::exit_usage, file + ": a table needs --mapping, which says which column is what; "
                                             "examples/mappings has some to start from");
  }
  int code = client::exit_ok;
  for (const auto& file : options.files) {
    const auto is_first = &file == &options.files.front();
    const auto outcome = options.dry_run ? try_file(options, file, *rules)
                                         : import_file(options, file, *rules, is_first ? 0 : size_of(options.rejects));
    const auto began = outcome.code != client::exit_usage && outcome.counts.rows > 0;
    if (options.json)
      std::fputs(outcome_json(outcome).c_str(), stdout);
    else if (began || outcome.trouble.empty())
      std::fputs(outcome_text(outcome).c_str(), stdout);
    std::fflush(stdout);
    if (!outcome.trouble.empty())
      fail(outcome.code, outcome.trouble);
    code = std::max<int>(code, outcome.code);
    if (outcome.code > client::exit_failed)
      break;
  }
  return code;
}

void add_import_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("import", "Bring the events of files to a node; importing again changes nothing");
  const auto options = std::make_shared<import_options>();
  command->add_option("FILE", options->files, "CSV or NDJSON, plain or .gz")->required();
  command->add_option("-m,--mapping", options->mapping,
                      "Mapping: a file (YAML), or the name of a built-in one (see cxstream map list). Without it, each "
                      "line is a canonical event as JSON");
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
  command->add_flag("--json", options->json, "Print the summary as JSON, a line for each file");
  command->add_flag("-q,--quiet", options->quiet, "Show no progress");
  add_node_options(*command, options->node);
  command->footer(
      "Examples:\n  cxstream import examples/sample_events.ndjson.gz\n"
      "  cxstream import incidents.csv.gz --mapping examples/mappings/servicenow.yaml --rejects bad.ndjson\n"
      "  cxstream import incidents.csv -m my.yaml --dry-run\n\n"
      "Exit codes: 0 every row is in, 1 some rows were refused, 2 wrong usage or mapping, 3 no node answers\n"
      "or it stopped (run the same command again to go on), 130 interrupted.");
  command->callback([&chosen, options] { chosen.run = [options] { return run_import(*options); }; });
}

} // namespace cxstream::cli
