// libcsv, as a queue of records: bytes in, records out. Private to the CSV reader; owned by one thread.
#pragma once

#include "sources/csv/csv_reader.hpp"

#include <csv.h>

#include <deque>

namespace cxstream::sources {

// One record: its cells lie one after another in `text`.
struct parsed_record {
  std::string text;
  std::vector<std::size_t> ends; // end of each cell in text
  std::uint64_t line = 0;        // where it begins, from 1

  std::size_t size() const {
    return ends.size();
  }
  std::string_view cell(std::size_t i) const {
    const auto begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(begin, ends[i] - begin);
  }
};

class csv_reader::record_parser {
public:
  explicit record_parser(const csv_options& options);
  ~record_parser();
  record_parser(const record_parser&) = delete;
  record_parser& operator=(const record_parser&) = delete;

  // Errors: malformed (a record longer than record_bytes_max).
  base::result<void> feed(std::string_view bytes);
  // No more bytes. Errors: malformed (a quote is still open).
  base::result<void> finish();

  // Precondition of current(): take() was true and no call was made since.
  bool take();
  const parsed_record& current() const {
    return current_;
  }

private:
  void on_cell(const void* data, std::size_t size);
  void on_record_end(int terminator);

  csv_parser parser_{};
  parsed_record building_;
  parsed_record current_;
  std::deque<parsed_record> ready_;
  std::vector<parsed_record> spare_; // records to use again, with their memory
  std::uint64_t line_ = 1;           // of the next byte, lines inside open quotes not yet counted
  bool after_return_ = false;        // the last byte outside quotes was a carriage return
};

} // namespace cxstream::sources
