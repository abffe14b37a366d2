#include "connectors/clickhouse/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace cxstream::connectors::clickhouse {

namespace {

using ports::delivery_result;

// ErrorCodes.cpp of ClickHouse: what is said of the data that was sent.
constexpr std::array about_rows{6,    // CANNOT_PARSE_TEXT
                                26,   // CANNOT_PARSE_QUOTED_STRING
                                27,   // CANNOT_PARSE_INPUT_ASSERTION_FAILED
                                33,   // CANNOT_READ_ALL_DATA
                                38,   // CANNOT_PARSE_DATE
                                41,   // CANNOT_PARSE_DATETIME
                                53,   // TYPE_MISMATCH
                                69,   // ARGUMENT_OUT_OF_BOUND
                                72,   // CANNOT_PARSE_NUMBER
                                117,  // INCORRECT_DATA (a column that is not known, among others)
                                130,  // CANNOT_READ_ARRAY_FROM_TEXT
                                349,  // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
                                469}; // VIOLATED_CONSTRAINT
constexpr std::array about_load{160,  // TOO_SLOW
                                202,  // TOO_MANY_SIMULTANEOUS_QUERIES
                                241,  // MEMORY_LIMIT_EXCEEDED
                                252}; // TOO_MANY_PARTS

int number_in(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

} // namespace

int exception_code(const http_answer& answer) {
  if (const auto header = answer.header("x-clickhouse-exception-code"); !header.empty())
    return number_in(header);
  constexpr std::string_view word = "Code: ";
  const auto at = answer.body.find(word);
  return at == std::string::npos ? 0 : number_in(std::string_view(answer.body).substr(at + word.size()));
}

// A 200 may still end in an exception, when it came after the headers.
ports::delivery_result meaning_of(const http_answer& answer) {
  if (answer.end != call_end::answered)
    return delivery_result::unreachable;
  const auto code = exception_code(answer);
  if (answer.status == 200 && code == 0)
    return delivery_result::delivered;
  if (std::ranges::find(about_rows, code) != about_rows.end())
    return delivery_result::permanent;
  if (std::ranges::find(about_load, code) != about_load.end() || answer.status == 429)
    return delivery_result::throttled;
  return delivery_result::unreachable;
}

} // namespace cxstream::connectors::clickhouse
