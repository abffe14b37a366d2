#include "connectors/salesforce/bulk_csv.hpp"

#include "connectors/crm/json_record.hpp"

#include <algorithm>
#include <csv.h>

namespace cxstream::connectors::salesforce {

namespace {

constexpr std::string_view empties = "#N/A";

void add_cell(std::string& out, std::string_view cell) {
  std::string quoted(cell.size() * 2 + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), cell.data(), cell.size()));
  out += quoted;
}

std::vector<std::string_view> columns_of(std::span<const crm_record> records) {
  std::vector<std::string_view> out;
  for (const auto& record : records)
    for (const auto& [name, value] : record.fields)
      if (std::ranges::find(out, name) == out.end())
        out.push_back(name);
  return out;
}

// Collects rows; the columns wanted are found in the first.
struct collector {
  std::string_view id_name;
  std::string_view kept_name;
  std::vector<std::string> row;
  std::size_t id_column = std::string::npos;
  std::size_t kept_column = std::string::npos;
  bool has_header = false;
  std::map<std::string, std::string> rows;

  void end_row() {
    if (!has_header) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == id_name)
          id_column = i;
        if (row[i] == (kept_name.empty() ? id_name : kept_name))
          kept_column = i;
      }
      has_header = true;
    } else if (std::max(id_column, kept_column) < row.size()) {
      rows[row[id_column]] = row[kept_column];
    }
    row.clear();
  }
};

struct parser {
  csv_parser state{};
  parser() {
    csv_init(&state, CSV_APPEND_NULL);
  }
  parser(const parser&) = delete;
  parser& operator=(const parser&) = delete;
  ~parser() {
    csv_free(&state);
  }
};

} // namespace

std::string bulk_csv(std::string_view external_id, std::span<const crm_record> records) {
  const auto columns = columns_of(records);
  std::string out;
  add_cell(out, external_id);
  for (const auto column : columns) {
    out += ',';
    add_cell(out, column);
  }
  out += '\n';
  for (const auto& record : records) {
    add_cell(out, record.key);
    for (const auto column : columns) {
      out += ',';
      const auto found = std::ranges::find(record.fields, column, [](const auto& field) { return field.first; });
      if (found == record.fields.end())
        continue;
      const auto text = text_of(found->second);
      add_cell(out, text.empty() ? empties : std::string_view(text));
    }
    out += '\n';
  }
  return out;
}

base::result<std::map<std::string, std::string>> read_results(std::string_view csv, std::string_view external_id,
                                                              std::string_view column) {
  collector into{external_id, column, {}, std::string::npos, std::string::npos, false, {}};
  parser reader;
  const auto on_cell = [](void* text, std::size_t bytes, void* to) {
    static_cast<collector*>(to)->row.emplace_back(static_cast<const char*>(text), bytes);
  };
  const auto on_row = [](int, void* to) { static_cast<collector*>(to)->end_row(); };
  if (csv_parse(&reader.state, csv.data(), csv.size(), on_cell, on_row, &into) != csv.size() ||
      csv_fini(&reader.state, on_cell, on_row, &into) != 0)
    return base::error{base::error_code::malformed, "the results of the job are not CSV"};
  if (into.has_header && std::max(into.id_column, into.kept_column) == std::string::npos)
    return base::error{base::error_code::malformed, "the results of the job have no column " +
                                                        std::string(external_id) + " or " + std::string(column)};
  return std::move(into.rows);
}

} // namespace cxstream::connectors::salesforce
