#include "command.hpp"

#include "config/load_rules.hpp"
#include "terminal/style.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using terminal::tone;
using signals = std::vector<config::expected_signal>;

std::string text_of(const signals& all) {
  std::string out;
  for (const auto& s : all)
    out.append(out.empty() ? "" : ", ").append(s.rule).append(": ").append(model::name_of(s.action));
  return out.empty() ? "nothing" : out;
}

nlohmann::ordered_json json_of(const signals& all) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& s : all)
    out[s.rule] = model::name_of(s.action);
  return out;
}

void print_difference(const config::rule_document& document, const config::rule_example& example,
                      const signals& actual) {
  const auto look = terminal::style::of_stdout();
  std::printf("%s:%d: %s\n  %s\n  %s\n", document.file.c_str(), example.line, terminal::printable(example.name).c_str(),
              look.paint(tone::good, "- " + text_of(example.expected)).c_str(),
              look.paint(tone::bad, "+ " + text_of(actual)).c_str());
}

int test(const std::string& file, bool as_json) {
  const auto document = config::load_rules(file);
  if (!document)
    return fail(client::exit_usage, document.err().message);
  std::size_t failed = 0;
  auto differences = nlohmann::ordered_json::array();
  for (const auto& example : document->examples) {
    const auto actual = config::signals_of(document->rules, example.step);
    if (actual == example.expected)
      continue;
    ++failed;
    if (as_json)
      differences.push_back({{"line", example.line},
                             {"name", example.name},
                             {"expected", json_of(example.expected)},
                             {"actual", json_of(actual)}});
    else
      print_difference(*document, example, actual);
  }
  const auto examples = document->examples.size();
  if (as_json)
    std::printf("%s\n", nlohmann::ordered_json{{"file", file},
                                               {"rules", document->rules.size()},
                                               {"examples", examples},
                                               {"differences", differences}}
                            .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
  else
    std::printf("%s: %zu rules; %zu of %zu examples came out%s\n", file.c_str(), document->rules.size(),
                examples - failed, examples, failed > 0 ? " (- expected, + came out)" : "");
  return failed == 0 ? client::exit_ok : client::exit_failed;
}

} // namespace

void add_rule_command(CLI::App& app, invocation& chosen) {
  auto* rule =
      app.add_subcommand("rule", "Work with rules: when an event is worth telling people")->require_subcommand(1);
  auto* command = rule->add_subcommand("test", "Run the examples of a file of rules");
  const auto file = std::make_shared<std::string>();
  const auto as_json = std::make_shared<bool>(false);
  command->add_option("FILE", *file, "Rules (YAML)")->required();
  command->add_flag("--json", *as_json, "Print JSON, for scripts");
  command->footer("Example:\n  cxstream rule test examples/rules.yaml\n\n"
                  "Exit codes: 0 every example came out, 1 some did not, 2 the file is wrong.");
  command->callback([&chosen, file, as_json] { chosen.run = [file, as_json] { return test(*file, *as_json); }; });
}

} // namespace cxstream::cli
