#include "map/map.hpp"

#include "client/json_text.hpp"
#include "failure.hpp"
#include "model/fold_text.hpp"
#include "sources/mapping/builtin.hpp"
#include "terminal/table.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace cxstream::cli {

namespace {

using sources::presence;
using terminal::tone;

base::result<std::string> read_payload(const std::string& file) {
  if (file.empty() || file == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return base::error{base::error_code::not_found, "cannot read " + file};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

base::result<std::vector<ports::header>> read_headers(const std::vector<std::string>& texts) {
  std::vector<ports::header> out;
  for (const auto& text : texts) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0)
      return base::error{base::error_code::invalid_argument, "--headers '" + text + "': write name:value"};
    ports::header header{text.substr(0, colon), std::string(model::trimmed(text.substr(colon + 1)))};
    model::lower(header.name);
    out.push_back(std::move(header));
  }
  return out;
}

// Why one rule gave what it gave: "path .detail.status = NEW → lookup status".
std::string rule_text(const sources::rule_story& rule) {
  constexpr std::size_t rule_columns = 60; // a jq program can be long; `map show` has all of it
  auto out = terminal::fitted(terminal::printable(rule.rule), rule_columns);
  if (rule.state == presence::failed)
    return out + " fails: " + rule.found;
  if (rule.state == presence::absent && !(rule.found.empty() || rule.lookup.empty()))
    return out + " = " + rule.found + ", which lookup " + rule.lookup + " drops";
  if (rule.state == presence::absent)
    return out + " is absent";
  if (rule.state == presence::null)
    return out + (rule.found.empty() ? " is null or empty" : " = " + rule.found + ", which counts as empty");
  if (rule.rule.starts_with("path ") || rule.rule.starts_with("column ") || rule.rule.starts_with("xpath "))
    out += " = " + rule.found;
  if (!rule.lookup.empty())
    out += rule.is_in_lookup ? ", lookup " + rule.lookup : ", not in lookup " + rule.lookup;
  return out;
}

std::string why(const sources::field_story& field) {
  if (field.rules.empty())
    return "not in the mapping";
  std::string out;
  for (const auto& rule : field.rules)
    out += (out.empty() ? "" : "; ") + rule_text(rule);
  if (field.value.empty() && !field.is_cleared && field.rules.size() > 1)
    out = "no rule has a value: " + out;
  return out;
}

const char* state_name(presence state) {
  constexpr const char* names[] = {"absent", "null", "value", "failed"};
  return names[static_cast<std::size_t>(state)];
}

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& json, const char* key, const std::string& value) {
  json.Key(key);
  json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
}

void write(json_writer& json, const sources::field_story& field) {
  json.StartObject();
  write(json, "field", field.field);
  write(json, "value", field.value);
  json.Key("cleared");
  json.Bool(field.is_cleared);
  write(json, "why", why(field));
  json.Key("rules");
  json.StartArray();
  for (const auto& rule : field.rules) {
    json.StartObject();
    write(json, "rule", rule.rule);
    write(json, "state", state_name(rule.state));
    write(json, "found", rule.found);
    if (!rule.lookup.empty())
      write(json, "lookup", rule.lookup);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

} // namespace

std::string story_text(const sources::record_story& story, std::size_t number, std::size_t of,
                       const terminal::style& look, std::size_t width) {
  const auto& outcome = story.outcome;
  auto out = of > 1 ? look.paint(tone::strong, "record " + std::to_string(number) + " of " + std::to_string(of)) + ": "
                    : std::string();
  if (outcome.dropped)
    return out + look.paint(tone::notice, "dropped: " + *outcome.dropped) + "\n";
  if (outcome.refused) {
    const auto& at = outcome.refused->field_path;
    out += look.paint(tone::bad, "refused, " + v1::RejectReason_Name(outcome.refused->reason) +
                                     (at.empty() ? "" : " at " + at) + ": " +
                                     terminal::printable(outcome.refused->message)) +
           "\n";
  } else {
    out += look.paint(tone::good, "an event") + " by " + outcome.event.mapping_version() + "\n";
  }
  terminal::table table({{"  FIELD"}, {"VALUE"}, {"WHY"}});
  constexpr std::size_t value_columns = 48;
  for (const auto& field : story.fields) {
    const auto is_set = !field.value.empty();
    const auto text = field.is_cleared ? "(cleared)" : is_set ? terminal::printable(field.value) : "-";
    table.add({{"  " + field.field, is_set || field.is_cleared ? tone::strong : tone::dim},
               {terminal::fitted(text, value_columns), is_set ? tone::good : tone::dim},
               {terminal::printable(why(field)), is_set ? tone::plain : tone::dim}});
  }
  return story.fields.empty() ? out : out + table.text(look, width);
}

std::string stories_json(const std::vector<sources::record_story>& stories) {
  rapidjson::StringBuffer buffer;
  json_writer json(buffer);
  json.StartArray();
  for (const auto& story : stories) {
    json.StartObject();
    const auto& outcome = story.outcome;
    write(json, "outcome", outcome.dropped ? "dropped" : outcome.refused ? "refused" : "event");
    if (outcome.dropped)
      write(json, "reason", *outcome.dropped);
    if (outcome.refused) {
      write(json, "reason", v1::RejectReason_Name(outcome.refused->reason));
      write(json, "field_path", outcome.refused->field_path);
      write(json, "message", outcome.refused->message);
    }
    if (!story.raw.empty())
      write(json, "record", story.raw);
    if (!outcome.dropped && !outcome.refused) {
      json.Key("event");
      const auto event = client::to_json(outcome.event, client::json_layout::line);
      json.RawValue(event.data(), event.size(), rapidjson::kObjectType);
    }
    json.Key("fields");
    json.StartArray();
    for (const auto& field : story.fields)
      write(json, field);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

int try_mapping(const map_options& options) {
  auto rules = sources::resolve_mapping(options.mapping);
  if (!rules)
    return fail(client::exit_usage, rules.err().message);
  const auto mapper = sources::payload_mapper::make(*std::move(rules));
  if (!mapper)
    return fail(client::exit_usage, mapper.err().message);
  auto headers = read_headers(options.headers);
  if (!headers)
    return fail(client::exit_usage, headers.err().message);
  auto body = read_payload(options.payload);
  if (!body)
    return fail(client::exit_usage, body.err().message);
  ports::payload payload;
  payload.headers = *std::move(headers);
  payload.body = *std::move(body);
  const auto stories = mapper->explain(payload, std::chrono::floor<base::duration>(std::chrono::system_clock::now()));
  if (options.output() == map_output::json)
    std::fputs(stories_json(stories).c_str(), stdout);
  else if (stories.empty())
    std::puts("the payload has no record");
  for (std::size_t i = 0; options.output() == map_output::people && i < stories.size(); ++i)
    std::fputs(
        story_text(stories[i], i + 1, stories.size(), terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
        stdout);
  const auto is_refused = std::any_of(stories.begin(), stories.end(),
                                      [](const sources::record_story& s) { return s.outcome.refused.has_value(); });
  return is_refused ? client::exit_failed : client::exit_ok;
}

} // namespace cxstream::cli
