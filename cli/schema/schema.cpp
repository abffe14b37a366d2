#include "schema/schema.hpp"

#include "command.hpp"
#include "terminal/number_text.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

using service = v1::SchemaService;

void print(const terminal::table& table, const char* when_empty) {
  std::fputs(table.empty() ? when_empty : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
             stdout);
}

int list(const schema_options& options) {
  return call<service>(options.call, &service::Stub::ListSchemas, v1::ListSchemasRequest(),
                       [&](const v1::ListSchemasResponse& answer) {
                         if (!options.call.json)
                           print(summary_table(answer), "no sources are configured; docs/sources.md says how\n");
                         return client::exit_ok;
                       });
}

int show(const schema_options& options) {
  v1::GetSchemaRequest request;
  request.set_source(options.source);
  return call<service>(options.call, &service::Stub::GetSchema, request, [&](const v1::GetSchemaResponse& answer) {
    if (options.call.json)
      return client::exit_ok;
    const auto& summary = answer.summary();
    std::printf("%s: version %s, learned from %s payloads, mode %s%s%s\n", summary.source().c_str(),
                std::to_string(summary.version()).c_str(), terminal::grouped(summary.payloads()).c_str(),
                summary.mode().c_str(), summary.schema_file().empty() ? "" : ", JSON Schema ",
                summary.schema_file().c_str());
    if (summary.version() == 0)
      std::printf("still learning: changes are looked for after %s more payloads\n",
                  terminal::grouped(summary.learning()).c_str());
    if (answer.schema().full())
      std::printf("it has more fields than are kept; those beyond are not judged\n");
    print(field_table(answer.schema()), "no payload has come yet\n");
    if (summary.held() > 0)
      std::printf("%u changes are held back: cxstream schema timeline %s\n", summary.held(), summary.source().c_str());
    return client::exit_ok;
  });
}

int timeline(const schema_options& options) {
  v1::GetSchemaTimelineRequest request;
  request.set_source(options.source);
  request.set_limit(options.limit);
  return call<service>(options.call, &service::Stub::GetSchemaTimeline, request,
                       [&](const v1::GetSchemaTimelineResponse& answer) {
                         if (!options.call.json)
                           print(timeline_table(answer), "its payloads have not changed\n");
                         return client::exit_ok;
                       });
}

int accept(const schema_options& options) {
  v1::AcceptSchemaRequest request;
  request.set_source(options.source);
  return call<service>(
      options.call, &service::Stub::AcceptSchema, request, [&](const v1::AcceptSchemaResponse& answer) {
        if (options.call.json)
          return client::exit_ok;
        if (answer.accepted() == 0)
          std::printf("nothing was held back; version %llu stays in force\n",
                      static_cast<unsigned long long>(answer.version()));
        else
          std::printf("accepted %u changes; version %llu is in force\n"
                      "requeue what was refused: cxstream dead requeue --source %s --reason "
                      "BROKEN_CONTRACT\n",
                      answer.accepted(), static_cast<unsigned long long>(answer.version()), options.source.c_str());
        return client::exit_ok;
      });
}

CLI::App* add(CLI::App& schema, invocation& chosen, const std::shared_ptr<schema_options>& options, const char* name,
              const char* about, int (*run)(const schema_options&)) {
  auto* command = schema.add_subcommand(name, about);
  add_call_options(*command, options->call);
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  return command;
}

} // namespace

void add_schema_command(CLI::App& app, invocation& chosen) {
  auto* schema = app.add_subcommand("schema", "See what the payloads of sources look like, and how that changes")
                     ->require_subcommand(1);
  const auto options = std::make_shared<schema_options>();
  add(*schema, chosen, options, "list", "All sources with their contract, version and last change", list);
  auto* one = add(*schema, chosen, options, "show", "The fields of a source with types, share and values", show);
  auto* changes =
      add(*schema, chosen, options, "timeline", "How the payloads of a source changed, newest first", timeline);
  auto* accepted = add(*schema, chosen, options, "accept", "Let what is held back pass from now on", accept);
  for (auto* command : {one, changes, accepted})
    command->add_option("source", options->source, "The source")->required();
  changes->add_option("--limit", options->limit, "At most so many changes; 0 for all that are kept")
      ->capture_default_str();
  schema->footer("Examples:\n  cxstream schema list\n  cxstream schema show zendesk\n"
                 "  cxstream schema timeline zendesk --json\n"
                 "  cxstream schema accept zendesk        what was held back is how payloads look now\n\n"
                 "Exit codes: 0 done, 1 no such source, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
