// Rows of a file with one JSON value a line. Owned by one thread; constant memory.
#pragma once

#include "sources/ndjson/json_row.hpp"
#include "sources/ndjson/line_splitter.hpp"
#include "sources/row.hpp"

namespace cxstream::sources {

class ndjson_reader final : public row_reader {
public:
  // `wanted` are dotted paths; none for lines that are handed on whole, in row::raw. Errors: not_found, io.
  static base::result<std::unique_ptr<ndjson_reader>> open(const std::filesystem::path& path,
                                                           const std::vector<std::string>& wanted);

  // Blank lines are no rows. A line that is no JSON object, or is cut, is a bad row.
  base::result<bool> next(row& out) override;
  std::uint64_t position() const override;
  std::uint64_t size() const override;

private:
  ndjson_reader(byte_input input, const std::vector<std::string>& wanted);

  line_splitter lines_;
  json_row json_;
  bool whole_;
  text_line line_;
  std::uint64_t row_number_ = 0;
};

} // namespace cxstream::sources
