#include "connectors/postgres/copy_rows.hpp"

#include <bit>
#include <endian.h>

namespace cxstream::connectors::postgres {

namespace {

constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
constexpr std::int64_t us_from_1970_to_2000 = 946'684'800'000'000;

} // namespace

template <class T>
void copy_rows::append(T big_endian) {
  out_.append(reinterpret_cast<const char*>(&big_endian), sizeof big_endian);
}

void copy_rows::length(std::size_t bytes) {
  append(htobe32(static_cast<std::uint32_t>(bytes)));
}

void copy_rows::begin_row(std::uint16_t columns) {
  ++rows_;
  append(htobe16(columns));
}

void copy_rows::null() {
  append(htobe32(0xffff'ffffU));
}

void copy_rows::put_int4(std::int32_t value) {
  length(sizeof value);
  append(htobe32(static_cast<std::uint32_t>(value)));
}

void copy_rows::put_int8(std::int64_t value) {
  length(sizeof value);
  append(htobe64(static_cast<std::uint64_t>(value)));
}

void copy_rows::put_bool(bool value) {
  length(1);
  out_ += value ? '\1' : '\0';
}

void copy_rows::put_float8(double value) {
  length(sizeof value);
  append(htobe64(std::bit_cast<std::uint64_t>(value)));
}

void copy_rows::put_text(std::string_view value) {
  length(value.size());
  out_ += value;
}

void copy_rows::put_jsonb(std::string_view json) {
  constexpr char version = 1;
  length(json.size() + 1);
  out_ += version;
  out_ += json;
}

void copy_rows::put_time(base::timestamp t) {
  put_int8(base::to_us(t) - us_from_1970_to_2000);
}

std::string_view copy_rows::finish() {
  append(htobe16(0xffffU));
  return out_;
}

void copy_rows::clear() {
  out_ = signature;
  append(std::uint32_t{0}); // flags
  append(std::uint32_t{0}); // header extension
  rows_ = 0;
}

} // namespace cxstream::connectors::postgres
