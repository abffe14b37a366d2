// Rows of a table as records of a file. Owned by one thread.
#pragma once

#include "sources/csv/csv_reader.hpp"
#include "sources/csv/csv_record.hpp"
#include "sources/record_stream.hpp"

namespace cxstream::sources {

class csv_stream final : public record_stream {
public:
  explicit csv_stream(std::unique_ptr<csv_reader> rows) : rows_(std::move(rows)), record_(row_) {
  }

  base::result<bool> next(found_record& out) override {
    out.clear();
    const auto more = rows_->next(row_);
    if (!more || !*more)
      return more;
    out.number = row_.number;
    out.line = row_.line;
    out.column = 1;
    if (row_.bad) {
      out.fault = *row_.bad;
      out.raw = row_.raw;
    } else {
      out.values = &record_;
    }
    return true;
  }
  std::uint64_t position() const override {
    return rows_->position();
  }
  std::uint64_t size() const override {
    return rows_->size();
  }

  std::string header() const override {
    return rows_->header_text();
  }

private:
  std::unique_ptr<csv_reader> rows_;
  row row_;
  csv_record record_;
};

} // namespace cxstream::sources
