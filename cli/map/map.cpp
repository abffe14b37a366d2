#include "map/map.hpp"

#include "command.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"
#include "terminal/table.hpp"

#include <CLI/CLI.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>

namespace cxstream::cli {

namespace {

const char* format_name(sources::file_format format) {
  constexpr const char* names[] = {"csv", "ndjson", "json", "xml", "xes", "canonical"};
  return names[static_cast<std::size_t>(format)];
}

CLI::App* add(CLI::App& map, invocation& chosen, const std::shared_ptr<map_options>& options, const char* name,
              const char* what, int (*run)(const map_options&)) {
  auto* command = map.add_subcommand(name, what);
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  return command;
}

} // namespace

int list_mappings(const map_options& options) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  terminal::table table({{"NAME"}, {"VERSION", terminal::table_column::side::right}, {"FORMAT"}, {"ABOUT"}});
  json.StartArray();
  for (const auto& file : sources::builtin_files()) {
    const auto rules = sources::builtin_mapping(file.name);
    if (!rules)
      return fail(client::exit_failed, rules.err().message);
    table.add({std::string(file.name), std::to_string(rules->version), format_name(rules->format), rules->about});
    json.StartObject();
    json.Key("name");
    json.String(file.name.data(), static_cast<rapidjson::SizeType>(file.name.size()));
    json.Key("version");
    json.Uint64(rules->version);
    json.Key("format");
    json.String(format_name(rules->format));
    json.Key("about");
    json.String(rules->about.c_str());
    json.Key("examples");
    json.Uint64(rules->examples.size());
    json.EndObject();
  }
  json.EndArray();
  if (options.output() == map_output::json)
    std::printf("%s\n", buffer.GetString());
  else
    std::fputs(table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(), stdout);
  return client::exit_ok;
}

int show_mapping(const map_options& options) {
  const auto rules = sources::resolve_mapping(options.mapping);
  if (!rules)
    return fail(client::exit_usage, rules.err().message);
  if (const auto text = sources::builtin_text(options.mapping)) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return client::exit_ok;
  }
  std::ostringstream text;
  text << std::ifstream(options.mapping, std::ios::binary).rdbuf();
  std::fputs(text.str().c_str(), stdout);
  return client::exit_ok;
}

void add_map_command(CLI::App& app, invocation& chosen) {
  auto* map = app.add_subcommand("map", "Mappings: what becomes of a source's payloads")->require_subcommand(1);
  const auto options = std::make_shared<map_options>();

  auto* test = add(*map, chosen, options, "test", "Run the examples that mappings carry", test_mappings);
  test->add_option("MAPPING", options->mappings, "Names of built-in mappings, or files");
  test->add_flag("--all", options->all, "Every built-in mapping");
  test->add_flag("--json", options->as_json, "Print the outcome as JSON");
  test->footer("Examples:\n  cxstream map test zendesk_events\n  cxstream map test ./desk.yaml\n"
               "  cxstream map test --all\n\n"
               "Exit codes: 0 every example becomes what it says, 1 one does not, 2 a mapping is wrong.");

  auto* attempt = add(*map, chosen, options, "try", "Show what one payload becomes, and why", try_mapping);
  attempt->add_option("MAPPING", options->mapping, "Name of a built-in mapping, or a file")->required();
  attempt->add_option("PAYLOAD", options->payload, "File with the payload; standard input when absent or -");
  attempt->add_option("--headers", options->headers, "A header of the request, name:value; again for more");
  attempt->add_flag("--json", options->as_json, "Print it as JSON");
  attempt->footer(
      "Examples:\n  cxstream map try zendesk_events payload.json\n"
      "  curl -s https://desk.example.com/hook/last | cxstream map try ./desk.yaml\n"
      "  cxstream map try groove ticket.json --headers x-groove-event:ticket_started\n\n"
      "Exit codes: 0 every record makes an event or is dropped, 1 one is refused, 2 wrong usage or mapping.");

  auto* list = add(*map, chosen, options, "list", "The built-in mappings", list_mappings);
  list->add_flag("--json", options->as_json, "Print it as JSON");
  list->footer("Example:\n  cxstream map list");

  auto* show = add(*map, chosen, options, "show", "Print a mapping: a start for one of your own", show_mapping);
  show->add_option("MAPPING", options->mapping, "Name of a built-in mapping, or a file")->required();
  show->footer("Example:\n  cxstream map show zendesk_events > desk.yaml");

  map->footer("The language: docs/mapping.md");
}

} // namespace cxstream::cli
