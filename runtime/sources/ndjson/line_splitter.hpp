// Lines of a file, one after another; LF or CRLF. Owned by one thread; memory is bounded by line_bytes_max.
#pragma once

#include "sources/input/byte_input.hpp"

#include <string>

namespace cxstream::sources {

// What lies beyond this in a line is dropped, and the line is marked as cut.
inline constexpr std::size_t line_bytes_max = 4u << 20u;

struct text_line {
  std::string text;
  std::uint64_t number = 0; // from 1
  bool cut = false;
};

class line_splitter {
public:
  explicit line_splitter(byte_input input) : input_(std::move(input)) {
  }

  // False at the end. Errors: io, malformed.
  base::result<bool> next(text_line& out);

  const byte_input& input() const {
    return input_;
  }

private:
  byte_input input_;
  std::string_view piece_; // of input_, not yet used
  std::uint64_t number_ = 0;
};

} // namespace cxstream::sources
