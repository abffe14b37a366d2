#include "sources/csv/csv_source.hpp"

namespace cxstream::sources {

base::result<void> csv_source::open(std::string_view body, std::span<const ports::header> /*headers*/) {
  auto reader = csv_reader::open(byte_input::of_text(body), options_, columns_, "the payload");
  if (!reader)
    return reader.err();
  reader_ = *std::move(reader);
  return {};
}

bool csv_source::next(record_or_fault& out) {
  out.values = nullptr;
  out.raw.clear();
  if (!reader_)
    return false;
  const auto more = reader_->next(row_);
  if (!more) { // nothing can be read after this
    out.fault = more.err();
    reader_.reset();
    return true;
  }
  if (!*more)
    return false;
  out.line = row_.line;
  if (row_.bad) {
    out.fault = *row_.bad;
    out.raw = row_.raw;
  } else {
    out.values = &record_;
  }
  return true;
}

} // namespace cxstream::sources
