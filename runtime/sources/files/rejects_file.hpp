// Rows that became no event, one JSON object a line: file, row, line, reason, field_path, message, and the row itself
// as `raw`, or as `raw_base64` where it is no UTF-8. Owned by one thread.
#pragma once

#include "base/result.hpp"
#include "sources/mapping/record_mapper.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

namespace cxstream::sources {

std::string reject_line(const std::string& file, std::uint64_t row, std::uint64_t line, const std::string& raw,
                        const row_reject& why);

class rejects_file {
public:
  // Keeps the first `keep_bytes` bytes of what is there. Errors: io.
  static base::result<rejects_file> open(const std::filesystem::path& path, std::uint64_t keep_bytes);

  // Written through to the operating system. Errors: io.
  base::result<void> append(const std::vector<std::string>& lines);
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
