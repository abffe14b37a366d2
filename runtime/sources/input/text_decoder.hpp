// Text of any encoding becomes UTF-8 (iconv). A byte order mark tells UTF-8 and UTF-16 and wins over what was said.
// Owned by one thread.
//
// Invariant: a byte that the encoding does not have stands in the text as a byte that is no UTF-8, so that the record
// it is in can be refused, with its place, and not the whole file.
#pragma once

#include "sources/input/byte_stage.hpp"

#include <string>
#include <vector>

namespace cxstream::sources {

// Errors: invalid_argument (iconv does not know it).
base::result<void> check_encoding(const std::string& name);

class text_decoder {
public:
  // `encoding`: empty for UTF-8.
  explicit text_decoder(std::string encoding) : encoding_(std::move(encoding)) {
  }
  ~text_decoder();
  text_decoder(text_decoder&& other) noexcept;
  text_decoder& operator=(text_decoder&& other) noexcept;

  // Looks at the first bytes of the text, of which there are four or all. How many of them are a byte order mark.
  std::size_t begin(std::string_view first);
  // True when the text was in another encoding, whatever it says of itself.
  bool is_converting() const {
    return converter_ != nullptr;
  }
  // The next piece as UTF-8; may be empty in the middle. Valid until the next call.
  std::string_view convert(std::string_view piece);
  // What is left at the end.
  std::string_view finish();

private:
  void convert_all(const char*& from, std::size_t& size);

  std::string encoding_;
  void* converter_ = nullptr;
  std::size_t unit_bytes_ = 1; // what is skipped where a byte means nothing
  std::string left_over_;      // the beginning of a character that the piece cut
  std::string out_;
};

} // namespace cxstream::sources
