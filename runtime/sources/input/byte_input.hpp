// The bytes of a file, plain or gzip, or of a text in memory, read forward in pieces. Owned by one thread. Constant
// memory.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace cxstream::sources {

class byte_input {
public:
  // Errors: not_found, io.
  static base::result<byte_input> open(const std::filesystem::path& path);

  // Of a text that outlives the input.
  static byte_input of_text(std::string_view text);

  byte_input(byte_input&&) noexcept;
  byte_input& operator=(byte_input&&) noexcept;
  ~byte_input();

  // The next piece; empty at the end. Valid until the next call. Errors: io, malformed (a damaged or cut gzip file).
  base::result<std::string_view> read();

  // Bytes of the file on disk that were used so far, and all of them: for progress.
  std::uint64_t position() const;
  std::uint64_t size() const {
    return size_;
  }

private:
  byte_input(void* file, std::filesystem::path path, std::uint64_t size);

  std::unique_ptr<void, void (*)(void*)> file_;
  std::filesystem::path path_;
  std::string_view text_; // without a file: what was not yet read
  std::uint64_t size_ = 0;
  bool at_start_ = true;
  std::vector<char> buffer_;
};

} // namespace cxstream::sources
