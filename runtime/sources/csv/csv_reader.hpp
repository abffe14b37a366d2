// Rows of a CSV file (RFC 4180, read leniently by libcsv): any separator and quote, quoted line breaks, BOM, LF or
// CRLF. Owned by one thread; memory is bounded by record_bytes_max.
//
// Invariants:
//  1. Row numbers count records after the header, also those that are refused; blank lines are no records.
//  2. A record with more cells than the header is handed out as bad, never cut; so is one with fewer, unless they are
//     said to be absent.
//  3. A wanted cell that is no text in the file's encoding makes its record bad.
#pragma once

#include "sources/input/byte_input.hpp"
#include "sources/row.hpp"

#include <memory>

namespace cxstream::sources {

struct csv_options {
  char separator = ',';
  bool guess_separator = false; // comma, semicolon, tab or bar: whichever makes the first rows alike
  char quote = '"';
  bool header = true;               // the first record names the columns
  bool trim = false;                // blanks around unquoted cells are dropped
  std::vector<std::string> columns; // names, where there is no header
  // A wanted column that the table does not have.
  enum class missing_column { is_refused, is_absent } missing = missing_column::is_refused;
  // A row with fewer cells than the header.
  enum class short_row { is_refused, is_absent_cells } short_rows = short_row::is_refused;
  input_options input = {};
};

// A record longer than this ends the file: a quote was most likely not closed.
inline constexpr std::size_t record_bytes_max = 4u << 20u;

class csv_reader final : public row_reader {
public:
  // `wanted` are the columns to hand out: names, or "#3" for the third. A name that occurs twice in the header is
  // reached as "name" and "name_2". Errors: not_found (file), invalid_argument (a wanted column is not there), io,
  // malformed.
  static base::result<std::unique_ptr<csv_reader>> open(const std::filesystem::path& path, const csv_options& options,
                                                        const std::vector<std::string>& wanted);
  // The same of bytes; `name` is for messages.
  static base::result<std::unique_ptr<csv_reader>>
  open(byte_input input, const csv_options& options, const std::vector<std::string>& wanted, const std::string& name);
  ~csv_reader() override;

  base::result<bool> next(row& out) override;
  std::uint64_t position() const override;
  std::uint64_t size() const override;

  // The columns' names as they can be asked for.
  const std::vector<std::string>& columns() const {
    return columns_;
  }
  // The header as a row of the table; empty where it has none.
  std::string header_text() const;

private:
  class record_parser;
  csv_reader(byte_input input, const csv_options& options);

  static char guess_separator(std::string_view head, const csv_options& options);
  base::result<bool> next_record();
  void find_bad_text(row& out) const;
  base::result<void> bind(const std::vector<std::string>& wanted, const std::string& file);
  void append_cell(std::string& out, std::string_view cell) const;
  std::string raw_text() const;

  csv_options options_;
  byte_input input_;
  std::unique_ptr<record_parser> parser_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> slots_; // cell of each wanted column; npos where the table has none
  std::uint64_t row_number_ = 0;
  bool pending_ = false; // the current record was read ahead to count its cells
};

// Names made distinct: the second "x" becomes "x_2", the third "x_3".
std::vector<std::string> distinct_names(const std::vector<std::string>& names);

} // namespace cxstream::sources
