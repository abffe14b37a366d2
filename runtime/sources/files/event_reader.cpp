#include "sources/files/event_reader.hpp"

#include "sources/csv/csv_reader.hpp"
#include "sources/digest.hpp"
#include "sources/ndjson/ndjson_reader.hpp"

namespace cxstream::sources {

namespace {

// "incidents.yaml:12: column … is not in …": adds the place where the mapping names the missing column.
base::error locate(const base::error& why, const mapping& rules) {
  if (why.code != base::error_code::invalid_argument || rules.file.empty())
    return why;
  for (std::size_t i = 0; i < rules.columns.size(); ++i) {
    if (why.message.starts_with("column '" + rules.columns[i] + "' "))
      return {why.code, rules.file + ":" + std::to_string(rules.column_lines[i]) + ": " + why.message};
  }
  return why;
}

} // namespace

base::result<event_reader> event_reader::open(const std::filesystem::path& path, const mapping& rules) {
  if (rules.format == file_format::csv) {
    auto rows = csv_reader::open(path, rules.csv, rules.columns);
    if (!rows)
      return locate(rows.err(), rules);
    return event_reader(*std::move(rows), rules);
  }
  auto rows = ndjson_reader::open(path, rules.columns);
  if (!rows)
    return rows.err();
  return event_reader(*std::move(rows), rules);
}

base::result<bool> event_reader::next(mapped_row& out) {
  const auto more = rows_->next(row_);
  if (!more || !*more)
    return more;
  out.number = row_.number;
  out.line = row_.line;
  out.refused.reset();
  out.event.Clear();
  if (row_.bad) {
    out.refused = row_reject{v1::MALFORMED, "", row_.bad->message};
  } else if (auto refused = map_row(*rules_, row_, out.event)) {
    out.refused = std::move(refused);
  } else if (rules_->format != file_format::canonical) {
    row_ordinals ordinals;
    if (rules_->identical == identical_rows::distinct)
      ordinals.identical = identical_.next(row_.digest.low);
    if (rules_->order == row_order::version)
      ordinals.in_ticket = in_ticket_.next(digest_of(out.event.ticket_id()).low);
    out.event.set_idempotency_key(event_key(*rules_, out.event, row_, ordinals));
    if (rules_->order == row_order::version)
      out.event.set_version(ordinals.in_ticket);
  }
  out.raw.swap(row_.raw);
  return true;
}

} // namespace cxstream::sources
