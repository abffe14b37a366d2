// Rows of a file with one JSON value a line, handed on as text. Owned by one thread; constant memory.
#pragma once

#include "sources/ndjson/line_splitter.hpp"
#include "sources/row.hpp"

namespace cxstream::sources {

class ndjson_reader final : public row_reader {
public:
  // Errors: not_found, io.
  static base::result<std::unique_ptr<ndjson_reader>> open(const std::filesystem::path& path);

  // Blank lines are no rows. A line that is cut is a bad row.
  base::result<bool> next(row& out) override;
  std::uint64_t position() const override;
  std::uint64_t size() const override;

private:
  explicit ndjson_reader(byte_input input);

  line_splitter lines_;
  text_line line_;
  std::uint64_t row_number_ = 0;
};

} // namespace cxstream::sources
