#include "sources/csv/record_parser.hpp"

#include <algorithm>
#include <new>

namespace cxstream::sources {

csv_reader::record_parser::record_parser(const csv_options& options) {
  if (csv_init(&parser_, CSV_REPALL_NL) != 0)
    throw std::bad_alloc();
  csv_set_delim(&parser_, static_cast<unsigned char>(options.separator));
  csv_set_quote(&parser_, static_cast<unsigned char>(options.quote));
  if (!options.trim)
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });
}

csv_reader::record_parser::~record_parser() {
  csv_free(&parser_);
}

base::result<void> csv_reader::record_parser::feed(std::string_view bytes) {
  const auto used = csv_parse(
      &parser_, bytes.data(), bytes.size(),
      [](void* data, std::size_t size, void* self) { static_cast<record_parser*>(self)->on_cell(data, size); },
      [](int c, void* self) { static_cast<record_parser*>(self)->on_record_end(c); }, this);
  if (used != bytes.size())
    return base::error{base::error_code::malformed, std::string("CSV: ") + csv_strerror(csv_error(&parser_))};
  if (csv_get_buffer_size(&parser_) > record_bytes_max || building_.text.size() > record_bytes_max)
    return base::error{base::error_code::malformed,
                       "line " + std::to_string(line_) + ": the row that begins here is longer than " +
                           std::to_string(record_bytes_max >> 20u) +
                           " MiB; a quote is most likely not closed (see csv.quote in the mapping)"};
  return {};
}

base::result<void> csv_reader::record_parser::finish() {
  csv_set_opts(&parser_, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI); // strict about the end only
  const auto code = csv_fini(
      &parser_,
      [](void* data, std::size_t size, void* self) { static_cast<record_parser*>(self)->on_cell(data, size); },
      [](int c, void* self) { static_cast<record_parser*>(self)->on_record_end(c); }, this);
  if (code != 0)
    return base::error{base::error_code::malformed,
                       "line " + std::to_string(line_) + ": the last row has a quote that is not closed"};
  return {};
}

bool csv_reader::record_parser::take() {
  if (ready_.empty())
    return false;
  spare_.push_back(std::move(current_));
  current_ = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

void csv_reader::record_parser::on_cell(const void* data, std::size_t size) {
  building_.text.append(static_cast<const char*>(data), size);
  building_.ends.push_back(building_.text.size());
}

void csv_reader::record_parser::on_record_end(int terminator) {
  const auto line_break_pair = terminator == '\n' && after_return_ && building_.ends.empty();
  after_return_ = terminator == '\r';
  if (line_break_pair)
    return;
  const auto first_line = line_;
  line_ += 1 + static_cast<std::uint64_t>(std::count(building_.text.begin(), building_.text.end(), '\n'));
  if (building_.ends.empty())
    return; // a blank line
  building_.line = first_line;
  ready_.push_back(std::move(building_));
  building_ = {};
  if (!spare_.empty()) {
    building_ = std::move(spare_.back());
    spare_.pop_back();
    building_.text.clear();
    building_.ends.clear();
  }
}

} // namespace cxstream::sources
