#include "sources/mapping/load.hpp"

#include "model/fold_text.hpp"
#include "sources/digest.hpp"
#include "sources/mapping/example_loader.hpp"
#include "sources/mapping/value_loader.hpp"
#include "sources/mapping/yaml_section.hpp"
#include "sources/xml/xml_source.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cxstream::sources {

namespace {

const std::vector<std::string> top_keys = {
    "name",           "version",         "about",          "format",  "csv",     "empty",  "trim",
    "source_system",  "event_type",      "each",           "drop",    "lookups", "fields", "raw_tags",
    "custom_metrics", "idempotency_key", "identical_rows", "examples"};
const std::vector<std::string> canonical_keys = {"name", "version", "about", "format", "examples"};

constexpr std::pair<const char*, file_format> formats[] = {
    {"csv", file_format::csv}, {"ndjson", file_format::ndjson}, {"json", file_format::json},
    {"xml", file_format::xml}, {"xes", file_format::xes},       {"canonical", file_format::canonical}};

file_format read_format(const yaml_section& top) {
  const auto text = top.text("format");
  std::string known;
  for (const auto& [name, format] : formats) {
    if (text == name)
      return format;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  top.fail(top.child("format"), "format '" + text + "' is unknown; there are: " + known);
}

bool is_name(const std::string& text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// "my-desk.yaml" → "my_desk".
std::string stem_of(const std::string& file) {
  auto name = std::filesystem::path(file).stem().string();
  model::lower(name);
  for (auto& c : name)
    c = is_name(std::string(1, c)) ? c : '_';
  return name;
}

void read_head(const yaml_section& top, mapping& out) {
  out.name = top.text_or("name", stem_of(top.file()));
  if (!is_name(out.name))
    top.fail(top.child("name"), "a mapping's name has lower-case letters, digits and _ only");
  out.about = top.text_or("about", "");
  const auto version = parse_count(top.text_or("version", "1"));
  if (!version || *version == 0)
    top.fail(top.child("version"), "version must be a whole number from 1 on; raise it with every change");
  out.version = *version;
  out.format = read_format(top);
  out.examples = read_examples(top);
}

csv_options read_csv(const yaml_section& top) {
  csv_options options;
  if (!top.has("csv"))
    return options;
  const yaml_section csv(top.child("csv"), top.file(), "csv",
                         {"separator", "quote", "header", "trim", "columns", "missing_columns"});
  options.separator = csv.character_or("separator", ',');
  options.quote = csv.character_or("quote", '"');
  options.header = csv.flag_or("header", true);
  options.trim = csv.flag_or("trim", false);
  options.columns = csv.texts("columns");
  if (options.header && !options.columns.empty())
    csv.fail(csv.child("columns"), "columns are named by the header; write 'header: no' to name them here");
  const auto missing = csv.text_or("missing_columns", "refused");
  if (missing != "refused" && missing != "absent")
    csv.fail(csv.child("missing_columns"), "missing_columns must be refused or absent");
  if (missing == "absent")
    options.missing = csv_options::missing_column::is_absent;
  if (options.separator == options.quote)
    csv.fail("separator and quote must differ");
  return options;
}

identical_rows read_identical(const yaml_section& top) {
  const auto text = top.text_or("identical_rows", "duplicates");
  if (text == "duplicates")
    return identical_rows::duplicates;
  if (text == "distinct")
    return identical_rows::distinct;
  top.fail(top.child("identical_rows"), "identical_rows must be duplicates or distinct");
}

void read_fields(const yaml_section& top, value_loader& values, const mapping& out) {
  for (const auto* name : {"source_system", "event_type"}) {
    if (top.has(name))
      values.add_field(name, top.child(name), value_loader::bare::constant);
  }
  if (!top.has("fields") || !top.child("fields").IsMap())
    top.fail("a mapping needs 'fields', a map of canonical fields; without fields write 'format: canonical'");
  for (const auto& entry : top.child("fields"))
    values.add_field(entry.first.Scalar(), entry.second, value_loader::bare::refused);
  for (const auto* name : {"source_system", "event_type", "ticket_id", "occurred_at"}) {
    const auto is_it = [name](const field_rule& rule) { return rule.field.name() == name; };
    if (std::none_of(out.fields.begin(), out.fields.end(), is_it))
      top.fail(top.child("fields"), std::string("'") + name + "' is missing: every event needs it");
  }
}

void read_each(const yaml_section& top, value_loader& values, mapping& out) {
  if (!top.has("each"))
    return;
  if (out.format == file_format::csv)
    top.fail(top.child("each"), "'each' splits json, ndjson and xml; a table's records are its rows");
  out.each = values.slot(top.text("each"), top.child("each"));
  if (out.format == file_format::json || out.format == file_format::ndjson)
    return;
  if (const auto nodes = check_xpath(top.text("each"), xpath_gives::nodes); !nodes)
    top.fail(top.child("each"), nodes.err().message);
}

// Tells an expression that jq does not understand by the line of the mapping that has it.
void compile_paths(mapping& out) {
  auto selectors = std::make_shared<json_selectors>();
  std::vector<const selector*> of_expression;
  for (const auto& one : out.selectors) {
    selectors->add(one.text);
    if (selectors->expressions.size() > of_expression.size())
      of_expression.push_back(&one);
  }
  jq_program::fault why;
  if (!selectors->expressions.empty() && !jq_program::compile(selectors->expressions, why)) {
    const auto& at = *of_expression[why.expression];
    throw mapping_error(out.file + ":" + std::to_string(at.line) + ": jq cannot read '" + at.text +
                        "': " + why.message);
  }
  out.json = std::move(selectors);
}

void check_keys(const yaml_section& top, const mapping& out) {
  if (out.order == row_order::version && out.identical == identical_rows::duplicates)
    top.fail("version: {row_order: yes} tells equal rows apart, so it needs 'identical_rows: distinct'");
  if ((!out.key_rules.empty() || !out.key_slots.empty()) && out.identical == identical_rows::distinct)
    top.fail("'identical_rows: distinct' counts equal rows in the derived key; it cannot be used with idempotency_key");
}

mapping read(const YAML::Node& root, const std::string& file) {
  const yaml_section top(root, file, "the mapping", top_keys);
  mapping out;
  out.file = file;
  read_head(top, out);
  if (out.format == file_format::canonical) {
    for (const auto& key : top_keys) {
      if (std::find(canonical_keys.begin(), canonical_keys.end(), key) == canonical_keys.end() && top.has(key))
        top.fail(top.child(key), "'" + key + "' has no meaning with format: canonical");
    }
    return out;
  }
  if (out.format != file_format::csv && top.has("csv"))
    top.fail(top.child("csv"), "'csv' belongs to format: csv");
  out.csv = read_csv(top);
  out.identical = read_identical(top);
  for (const auto& text : top.texts("empty"))
    out.empty.insert(text);
  value_loader values(top, out);
  read_each(top, values, out);
  values.add_drops(top);
  read_fields(top, values, out);
  values.add_tags(top);
  values.add_metrics(top);
  values.add_key(top);
  check_keys(top, out);
  if (out.format == file_format::json || out.format == file_format::ndjson)
    compile_paths(out);
  return out;
}

} // namespace

base::result<mapping> parse_mapping(const std::string& text, const std::string& file) {
  try {
    auto out = read(YAML::Load(text), file);
    out.fingerprint = to_hex(digest_of(text));
    return out;
  } catch (const YAML::Exception& e) {
    return base::error{base::error_code::invalid_argument,
                       file + ":" + std::to_string(e.mark.line + 1) + ": not YAML: " + e.msg};
  } catch (const mapping_error& e) {
    return base::error{base::error_code::invalid_argument, e.what()};
  }
}

base::result<mapping> load_mapping(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return base::error{base::error_code::not_found, "cannot read the mapping file " + path.string()};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_mapping(text.str(), path.string());
}

mapping canonical_mapping() {
  mapping out;
  out.fingerprint = "canonical";
  return out;
}

} // namespace cxstream::sources
