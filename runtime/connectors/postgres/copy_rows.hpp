// Rows as COPY … WITH (FORMAT binary) wants them (manual, "COPY", Binary Format). Pure. Nothing is escaped, parsed or
// rounded on the way. Columns are put in the order of the statement.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::connectors::postgres {

class copy_rows {
public:
  copy_rows() {
    clear();
  }

  void begin_row(std::uint16_t columns);
  void null();
  void put_int4(std::int32_t value);
  void put_int8(std::int64_t value);
  void put_bool(bool value);
  void put_float8(double value);
  void put_text(std::string_view value); // also bytea
  void put_jsonb(std::string_view json);
  void put_time(base::timestamp t); // timestamptz

  // Ends the stream; nothing is put afterwards until clear().
  std::string_view finish();
  void clear();
  std::size_t size() const {
    return rows_;
  }

private:
  template <class T>
  void append(T big_endian);
  void length(std::size_t bytes);

  std::string out_;
  std::size_t rows_ = 0;
};

} // namespace cxstream::connectors::postgres
