#include "sources/mapping/load.hpp"

#include "sources/digest.hpp"
#include "sources/mapping/value_loader.hpp"
#include "sources/mapping/yaml_section.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cxstream::sources {

namespace {

const std::vector<std::string> top_keys = {"format",        "csv",    "empty",    "source_system",  "event_type",
                                           "lookups",       "fields", "raw_tags", "custom_metrics", "idempotency_key",
                                           "identical_rows"};

file_format read_format(const yaml_section& top) {
  const auto text = top.text("format");
  if (text == "csv")
    return file_format::csv;
  if (text == "ndjson")
    return file_format::ndjson;
  if (text == "canonical")
    return file_format::canonical;
  top.fail(top.child("format"), "format '" + text + "' is unknown; there are: csv, ndjson, canonical");
}

csv_options read_csv(const yaml_section& top) {
  csv_options options;
  if (!top.has("csv"))
    return options;
  const yaml_section csv(top.child("csv"), top.file(), "csv", {"separator", "quote", "header", "trim", "columns"});
  options.separator = csv.character_or("separator", ',');
  options.quote = csv.character_or("quote", '"');
  options.header = csv.flag_or("header", true);
  options.trim = csv.flag_or("trim", false);
  options.columns = csv.texts("columns");
  if (options.header && !options.columns.empty())
    csv.fail(csv.child("columns"), "columns are named by the header; write 'header: no' to name them here");
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

void read_fields(const yaml_section& top, value_loader& values, mapping& out) {
  for (const auto* name : {"source_system", "event_type"}) {
    if (top.has(name))
      values.add_field(out, name, top.child(name), value_loader::bare::constant);
  }
  if (!top.has("fields") || !top.child("fields").IsMap())
    top.fail("a mapping needs 'fields', a map of canonical fields; without fields write 'format: canonical'");
  for (const auto& entry : top.child("fields"))
    values.add_field(out, entry.first.Scalar(), entry.second, value_loader::bare::refused);
  for (const auto* name : {"source_system", "event_type", "ticket_id", "occurred_at"}) {
    const auto is_it = [name](const field_rule& rule) { return rule.field.name() == name; };
    if (std::none_of(out.fields.begin(), out.fields.end(), is_it))
      top.fail(top.child("fields"), std::string("'") + name + "' is missing: every event needs it");
  }
}

void read_key(const yaml_section& top, value_loader& values, mapping& out) {
  if (!top.has("idempotency_key"))
    return;
  const yaml_section key(top.child("idempotency_key"), top.file(), "idempotency_key", {"columns"});
  for (const auto& column : key.texts("columns"))
    out.key_columns.push_back(values.slot(out, column, key.child("columns")));
  if (out.key_columns.empty())
    key.fail("idempotency_key needs 'columns', the columns that together name an event");
}

mapping read(const YAML::Node& root, const std::string& file) {
  const yaml_section top(root, file, "the mapping", top_keys);
  mapping out;
  out.file = file;
  out.format = read_format(top);
  if (out.format == file_format::canonical) {
    for (const auto& key : top_keys) {
      if (key != "format" && top.has(key))
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
  value_loader values(top);
  read_fields(top, values, out);
  values.add_tags(out, top);
  values.add_metrics(out, top);
  read_key(top, values, out);
  if (out.order == row_order::version && out.identical == identical_rows::duplicates)
    top.fail("version: {row_order: yes} tells equal rows apart, so it needs 'identical_rows: distinct'");
  if (!out.key_columns.empty() && out.identical == identical_rows::distinct)
    top.fail("'identical_rows: distinct' counts equal rows in the derived key; it cannot be used with idempotency_key");
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
