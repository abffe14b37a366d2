#include "sources/files/event_reader.hpp"

#include "sources/csv/csv_record.hpp"
#include "sources/ndjson/ndjson_reader.hpp"

namespace cxstream::sources {

namespace {

// "incidents.yaml:12: column … is not in …": adds the place where the mapping names the missing column.
base::error locate(const base::error& why, const mapping& rules) {
  if (why.code != base::error_code::invalid_argument || rules.file.empty())
    return why;
  for (const auto& column : rules.selectors) {
    if (why.message.starts_with("column '" + column.text + "' "))
      return {why.code, rules.file + ":" + std::to_string(column.line) + ": " + why.message};
  }
  return why;
}

// A file that does not say when is of the time it was written: every import of it says the same.
base::timestamp written_at(const std::filesystem::path& path) {
  std::error_code unknown;
  const auto at = std::filesystem::last_write_time(path, unknown);
  if (unknown)
    return {};
  return std::chrono::floor<base::duration>(std::chrono::file_clock::to_sys(at));
}

} // namespace

event_reader::event_reader(std::unique_ptr<row_reader> rows, const mapping& rules, base::timestamp written)
    : rows_(std::move(rows)), rules_(&rules), mapper_(rules, written) {
  if (rules.format == file_format::ndjson)
    lines_ = std::make_unique<json_source>(*rules.json, rules.each, json_source::layout::lines);
}

base::result<event_reader> event_reader::open(const std::filesystem::path& path, const mapping& rules) {
  if (rules.format == file_format::csv) {
    auto rows = csv_reader::open(path, rules.csv, rules.selector_texts());
    if (!rows)
      return locate(rows.err(), rules);
    return event_reader(*std::move(rows), rules, written_at(path));
  }
  if (rules.format != file_format::ndjson && rules.format != file_format::canonical)
    return base::error{base::error_code::invalid_argument,
                       rules.file + ": files are read as csv, ndjson or canonical; this mapping is for payloads of a "
                                    "source (json, xml, xes)"};
  auto rows = ndjson_reader::open(path);
  if (!rows)
    return rows.err();
  return event_reader(*std::move(rows), rules, written_at(path));
}

base::result<bool> event_reader::next(mapped_row& out) {
  mapped_.clear();
  while (!next_of_line(out)) {
    const auto more = rows_->next(row_);
    if (!more || !*more)
      return more;
    const auto opened = row_.bad ? base::result<void>(*row_.bad)
                        : lines_ ? lines_->open(row_.raw, {})
                                 : base::result<void>();
    if (!opened)
      mapped_.refused = row_reject{v1::MALFORMED, "", opened.err().message};
    else if (!lines_)
      map();
    else
      continue;
    out.raw.swap(row_.raw);
    break;
  }
  out.number = row_.number;
  out.line = row_.line;
  out.dropped.swap(mapped_.dropped);
  out.refused.swap(mapped_.refused);
  out.event.Swap(&mapped_.event);
  return true;
}

void event_reader::map() {
  if (rules_->format == file_format::canonical) {
    read_canonical(row_.raw, mapped_);
  } else {
    csv_record record(row_);
    mapper_.map(record, mapped_);
  }
}

// The next record of the current line; false when there is none.
bool event_reader::next_of_line(mapped_row& out) {
  record_or_fault found;
  if (!lines_ || !lines_->next(found))
    return false;
  if (found.values != nullptr) {
    mapper_.map(*found.values, mapped_);
    out.raw = found.values->raw();
  } else {
    const auto is_format = found.fault.code == base::error_code::malformed;
    mapped_.refused =
        row_reject{is_format ? v1::MALFORMED : v1::BAD_MAPPING, is_format ? "" : "each", found.fault.message};
    out.raw = found.raw;
  }
  return true;
}

} // namespace cxstream::sources
