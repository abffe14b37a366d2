// Records of payloads that are tables. Owned by one thread.
#pragma once

#include "sources/csv/csv_reader.hpp"
#include "sources/csv/csv_record.hpp"

namespace cxstream::sources {

class csv_source final : public record_source {
public:
  csv_source(csv_options options, std::vector<std::string> columns)
      : options_(std::move(options)), columns_(std::move(columns)), record_(row_) {
  }

  // Errors: invalid_argument (a column is not there), malformed.
  base::result<void> open(std::string_view body, std::span<const ports::header> headers) override;
  bool next(record_or_fault& out) override;
  record* whole() override {
    return nullptr;
  }
  bool is_one_record() const override {
    return false;
  }

private:
  csv_options options_;
  std::vector<std::string> columns_;
  std::unique_ptr<csv_reader> reader_;
  row row_;
  csv_record record_;
};

} // namespace cxstream::sources
