#include "sources/files/event_reader.hpp"

#include "sources/files/open_records.hpp"

namespace cxstream::sources {

namespace {

// A file that does not say when is of the time it was written: every import of it says the same. What comes by standard
// input is of now.
base::timestamp written_at(const std::filesystem::path& path) {
  if (path == "-")
    return std::chrono::floor<base::duration>(std::chrono::system_clock::now());
  std::error_code unknown;
  const auto at = std::filesystem::last_write_time(path, unknown);
  if (unknown)
    return {};
  return std::chrono::floor<base::duration>(std::chrono::file_clock::to_sys(at));
}

} // namespace

event_reader::event_reader(std::unique_ptr<record_stream> records, const mapping& rules, base::timestamp written)
    : records_(std::move(records)), rules_(&rules), mapper_(rules, written) {
}

base::result<event_reader> event_reader::open(const std::filesystem::path& path, const mapping& rules) {
  auto records = open_records(path, rules);
  if (!records)
    return records.err();
  return event_reader(*std::move(records), rules, written_at(path));
}

base::result<bool> event_reader::next(mapped_row& out) {
  const auto more = records_->next(found_);
  if (!more || !*more)
    return more;
  mapped_.clear();
  if (found_.values == nullptr) {
    const auto is_format = found_.fault.code == base::error_code::malformed;
    mapped_.refused =
        row_reject{is_format ? v1::MALFORMED : v1::BAD_MAPPING, is_format ? "" : "each", found_.fault.message};
    out.raw.swap(found_.raw);
  } else {
    out.raw = found_.values->raw();
    if (rules_->format == file_format::canonical)
      read_canonical(out.raw, mapped_);
    else
      mapper_.map(*found_.values, mapped_);
  }
  out.number = found_.number;
  out.line = found_.line;
  out.column = found_.column;
  out.dropped.swap(mapped_.dropped);
  out.refused.swap(mapped_.refused);
  out.event.Swap(&mapped_.event);
  return true;
}

} // namespace cxstream::sources
