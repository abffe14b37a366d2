#include "taxonomy/taxonomy.hpp"

#include "config/check_taxonomy.hpp"
#include "terminal/style.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using terminal::tone;

nlohmann::ordered_json or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

void print_json(const config::taxonomy_document& document, const std::vector<config::example_difference>& differences,
                const std::vector<config::lint>& lints) {
  nlohmann::ordered_json out;
  out["file"] = document.file;
  out["version"] = document.rules.version();
  out["examples"] = document.examples.size();
  auto& different = out["differences"] = nlohmann::ordered_json::array();
  for (const auto& d : differences)
    different.push_back({{"line", d.example->line},
                         {"raw", d.example->raw_tags},
                         {"field", d.field},
                         {"expected", or_null(d.expected)},
                         {"actual", or_null(d.actual)}});
  auto& findings = out["findings"] = nlohmann::ordered_json::array();
  for (const auto& l : lints)
    findings.push_back({{"kind", to_text(l.kind)}, {"line", l.line}, {"subject", l.subject}, {"message", l.message}});
  std::printf("%s\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

std::string list_of(const std::vector<std::string>& tags) {
  std::string out;
  for (const auto& tag : tags)
    out.append(out.empty() ? "" : ", ").append(terminal::printable(tag));
  return "[" + out + "]";
}

void print_text(const config::taxonomy_document& document, const std::vector<config::example_difference>& differences,
                const std::vector<config::lint>& lints) {
  const auto look = terminal::style::of_stdout();
  const auto shown = [](const std::string& text) { return text.empty() ? "nothing" : terminal::printable(text); };
  const config::taxonomy_example* example = nullptr;
  for (const auto& d : differences) {
    if (d.example != example)
      std::printf("%s:%d: %s\n", document.file.c_str(), d.example->line, list_of(d.example->raw_tags).c_str());
    example = d.example;
    std::printf("  %s\n  %s\n", look.paint(tone::good, "- " + d.field + ": " + shown(d.expected)).c_str(),
                look.paint(tone::bad, "+ " + d.field + ": " + shown(d.actual)).c_str());
  }
  if (!differences.empty())
    std::printf("%s\n\n", look.paint(tone::dim, "(- expected, + came out)").c_str());
  for (const auto& l : lints)
    std::printf("%s:%d: %s\n", document.file.c_str(), l.line,
                look.paint(tone::notice, terminal::printable(l.message)).c_str());
  std::size_t failed = 0;
  example = nullptr;
  for (const auto& d : differences) {
    failed += d.example == example ? 0 : 1;
    example = d.example;
  }
  std::printf("%s: version %s, %zu tags and patterns; %zu of %zu examples came out, %zu findings\n",
              document.file.c_str(), terminal::printable(document.rules.version()).c_str(), document.rules.size(),
              document.examples.size() - failed, document.examples.size(), lints.size());
}

} // namespace

int test_taxonomy(const taxonomy_options& options) {
  const auto document = load_named_taxonomy(options);
  if (!document)
    return fail(client::exit_usage, document.err().message);
  const auto differences = config::run_examples(*document);
  const auto lints = config::lint_taxonomy(*document);
  (options.call.json ? print_json : print_text)(*document, differences, lints);
  return differences.empty() && (lints.empty() || !options.strict) ? client::exit_ok : client::exit_failed;
}

} // namespace cxstream::cli
