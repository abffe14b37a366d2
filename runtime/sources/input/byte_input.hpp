// The text of a file, of standard input or of a text in memory, read forward in pieces: unpacked where it is gzip or
// zstd, and as UTF-8 without a byte order mark. Owned by one thread. Constant memory.
#pragma once

#include "sources/input/raw_bytes.hpp"
#include "sources/input/text_decoder.hpp"

namespace cxstream::sources {

struct input_options {
  std::string encoding = {}; // of the text, where no byte order mark tells; empty: UTF-8
};

class byte_input {
public:
  // "-" is standard input. Errors: not_found, invalid_argument, io, malformed (packed, and damaged from the beginning).
  static base::result<byte_input> open(const std::filesystem::path& path, const input_options& options = {});

  // Of a text that outlives the input; it is never unpacked.
  static byte_input of_text(std::string_view text, const input_options& options = {});

  // The next piece; empty at the end. Valid until the next call. Errors: io, malformed (a damaged or cut file).
  base::result<std::string_view> read();
  // The first piece, which the next read() gives as well. Only before the first read().
  base::result<std::string_view> head();
  // Whether the text was in another encoding than it may say of itself. Only after head() or read().
  bool is_converted() const {
    return decoder_.is_converting();
  }

  // Bytes of the file on disk that were used so far, and all of them (0 when that is not known): for progress.
  std::uint64_t position() const {
    return file_ ? file_->position() : size_ - text_.size();
  }
  std::uint64_t size() const {
    return file_ ? file_->size() : size_;
  }

private:
  explicit byte_input(const input_options& options) : decoder_(options.encoding) {
  }
  base::result<std::string_view> read_packed();
  base::result<std::string_view> read_text();

  std::unique_ptr<raw_bytes> file_; // null: a text
  std::unique_ptr<byte_stage> unpacked_;
  std::string_view text_; // without a file: what was not yet read
  std::uint64_t size_ = 0;
  text_decoder decoder_;
  bool has_begun_ = false;
  bool at_end_ = false;
  std::string first_; // small pieces gathered until a byte order mark could be told
  std::string head_;
  bool has_head_ = false;
};

} // namespace cxstream::sources
