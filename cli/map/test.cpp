#include "map/map.hpp"

#include "failure.hpp"
#include "sources/mapping/builtin.hpp"
#include "terminal/number_text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace cxstream::cli {

namespace {

using terminal::tone;

mapping_report test_one(const std::string& name) {
  mapping_report report;
  report.mapping = name;
  auto rules = sources::resolve_mapping(name);
  if (!rules) {
    report.trouble = rules.err().message;
    return report;
  }
  auto mapper = sources::payload_mapper::make(*std::move(rules));
  if (!mapper) {
    report.trouble = mapper.err().message;
    return report;
  }
  const auto folder =
      sources::builtin_text(name) ? std::filesystem::path("mappings") : std::filesystem::path(name).parent_path();
  const auto now = std::chrono::floor<base::duration>(std::chrono::system_clock::now());
  for (const auto& example : mapper->rules().examples)
    report.examples.push_back(sources::check_example(*mapper, example, folder, now));
  return report;
}

std::string difference_text(const sources::example_difference& d, const terminal::style& look) {
  const auto shown = [](const std::string& text) { return terminal::printable(text); };
  const auto event = "event " + std::to_string(d.event + 1);
  if (d.field.empty() && d.actual.empty())
    return "      " + event + " is missing\n        " + look.paint(tone::good, "- " + shown(d.expected)) + "\n";
  if (d.field.empty())
    return "      " + event + " is not expected\n        " + look.paint(tone::bad, "+ " + shown(d.actual)) + "\n";
  const auto or_nothing = [&](const std::string& text) { return text.empty() ? "(nothing)" : shown(text); };
  return "      " + event + ", " + look.paint(tone::strong, d.field) + "\n        " +
         look.paint(tone::good, "- expected  " + or_nothing(d.expected)) + "\n        " +
         look.paint(tone::bad, "+ became    " + or_nothing(d.actual)) + "\n";
}

} // namespace

bool mapping_report::has_passed() const {
  return trouble.empty() && std::all_of(examples.begin(), examples.end(),
                                        [](const sources::example_outcome& e) { return e.skipped || e.has_passed(); });
}

std::string report_text(const mapping_report& report, const terminal::style& look) {
  std::string out = look.paint(tone::strong, report.mapping) + "\n";
  if (!report.trouble.empty())
    return out + "  " + look.paint(tone::bad, "wrong   ") + report.trouble + "\n";
  if (report.examples.empty())
    return out + "  " + look.paint(tone::notice, "it has no examples; add some under 'examples'") + "\n";
  for (const auto& example : report.examples) {
    if (example.skipped) {
      out += "  " + look.paint(tone::notice, "skipped ") + example.name + ": " + *example.skipped + "\n";
      continue;
    }
    out += "  " + (example.has_passed() ? look.paint(tone::good, "ok      ") : look.paint(tone::bad, "differs ")) +
           example.name;
    out += example.has_passed() ? "\n" : look.paint(tone::dim, " (line " + std::to_string(example.line) + ")") + "\n";
    for (const auto& difference : example.differences)
      out += difference_text(difference, look);
    for (const auto& fault : example.faults)
      out += "      " + look.paint(tone::bad, terminal::printable(fault)) + "\n";
  }
  return out;
}

std::string report_json(const std::vector<mapping_report>& reports) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text = [&](const char* key, const std::string& value) {
    json.Key(key);
    json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartArray();
  for (const auto& report : reports) {
    json.StartObject();
    text("mapping", report.mapping);
    json.Key("passed");
    json.Bool(report.has_passed());
    if (!report.trouble.empty())
      text("trouble", report.trouble);
    json.Key("examples");
    json.StartArray();
    for (const auto& example : report.examples) {
      json.StartObject();
      text("name", example.name);
      json.Key("line");
      json.Int(example.line);
      text("outcome", example.skipped ? "skipped" : example.has_passed() ? "passed" : "differs");
      if (example.skipped)
        text("why", *example.skipped);
      json.Key("differences");
      json.StartArray();
      for (const auto& difference : example.differences) {
        json.StartObject();
        json.Key("event");
        json.Uint64(difference.event);
        text("field", difference.field);
        text("expected", difference.expected);
        text("actual", difference.actual);
        json.EndObject();
      }
      json.EndArray();
      json.Key("faults");
      json.StartArray();
      for (const auto& fault : example.faults)
        json.String(fault.c_str(), static_cast<rapidjson::SizeType>(fault.size()));
      json.EndArray();
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

int test_mappings(const map_options& options) {
  auto names = options.mappings;
  if (options.all)
    for (const auto& file : sources::builtin_files())
      names.emplace_back(file.name);
  if (names.empty())
    return fail(client::exit_usage, "map test: name a mapping, or write --all");
  std::vector<mapping_report> reports;
  std::size_t examples = 0;
  int code = client::exit_ok;
  for (const auto& name : names) {
    reports.push_back(test_one(name));
    const auto& report = reports.back();
    examples += report.examples.size();
    code = std::max<int>(code, !report.trouble.empty() ? client::exit_usage
                               : report.has_passed()   ? client::exit_ok
                                                       : client::exit_failed);
    if (options.output() == map_output::people)
      std::fputs(report_text(report, terminal::style::of_stdout()).c_str(), stdout);
  }
  if (options.output() == map_output::json)
    std::fputs(report_json(reports).c_str(), stdout);
  else
    std::printf("%s examples of %s mappings: %s\n", terminal::grouped(examples).c_str(),
                terminal::grouped(reports.size()).c_str(),
                code == client::exit_ok ? "as they say" : "not all as they say");
  return code;
}

} // namespace cxstream::cli
