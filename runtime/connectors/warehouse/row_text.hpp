// What a warehouse shows of a ticket as one text, and its hash: the same from the events as from the rows, in C++ as in
// SQL. Pure.
//
// A field is its text, an absent one the character 30; fields are parted by 31, items of a list end with 29. Numbers
// are decimal; fractions the 16 hexadecimal digits of their bits, minus zero as zero; times are microseconds since
// 1970. The hash is the first 8 bytes of SHA-256, the first one the highest, as a signed number.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::connectors {

class row_text {
public:
  void absent();
  void text(std::string_view value);
  void whole(std::int64_t value);
  void fraction(double value);
  void flag(bool value) {
    whole(value ? 1 : 0);
  }
  template <class T>
  void optional_whole(const std::optional<T>& value) {
    if (value)
      whole(*value);
    else
      absent();
  }
  void text_or_absent(bool present, std::string_view value) {
    if (present)
      text(value);
    else
      absent();
  }
  void fraction_or_absent(bool present, double value) {
    if (present)
      fraction(value);
    else
      absent();
  }
  // Items as list_item() and metric_item() made them; none is absent.
  void items(std::string_view joined) {
    text_or_absent(!joined.empty(), joined);
  }

  std::int64_t hash() const;
  void clear() {
    out_.clear();
    first_ = true;
  }

private:
  void next();

  std::string out_;
  bool first_ = true;
};

std::string list_item(std::string_view value);
std::string metric_item(std::string_view name, double value);

} // namespace cxstream::connectors
