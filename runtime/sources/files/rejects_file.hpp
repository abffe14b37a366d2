// Rows that became no event, one JSON object a line: file, row, line, column, reason, field_path, message, and the row
// itself as `raw`, or as `raw_base64` where it is no UTF-8. Owned by one thread.
#pragma once

#include "base/result.hpp"
#include "sources/mapping/record_mapper.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

namespace cxstream::sources {

// Where a row is in its file; each from 1, and 0 where that cannot be told.
struct row_place {
  std::uint64_t row = 0;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

std::string reject_line(const std::string& file, const row_place& at, const std::string& raw, const row_reject& why);

class rejects_file {
public:
  // Keeps the first `keep_bytes` bytes of what is there. Errors: io.
  static base::result<rejects_file> open(const std::filesystem::path& path, std::uint64_t keep_bytes);

  // Written through to the operating system. Errors: io.
  base::result<void> append(const std::vector<std::string>& lines);
  // What was appended survives power loss. Errors: io.
  base::result<void> sync();
  std::uint64_t size_bytes() const {
    return size_;
  }

private:
  rejects_file(std::FILE* file, std::filesystem::path path, std::uint64_t size)
      : file_(file, &std::fclose), path_(std::move(path)), size_(size) {
  }

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::filesystem::path path_;
  std::uint64_t size_;
};

} // namespace cxstream::sources
