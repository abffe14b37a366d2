// Small files that others change while the program runs: read whole, with a stamp that tells whether they changed
// since. Plain functions.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::security {

// What tells one state of a file from the next; of the file that a symbolic link leads to.
struct file_stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const file_stamp&) const = default;
};

// Errors: not_found, io.
base::result<file_stamp> stamp_of(const std::string& path);

struct plain_file {
  std::string bytes;
  file_stamp stamp; // of the very file that was read
  bool everybody_may_write = false;
};

// Errors: not_found; io; corrupt, when it is no plain file or has more than 16 MiB.
base::result<plain_file> read_file(const std::string& path);

// Durably and at once, readable by its owner alone: who reads sees the old file or the new one. One caller at a time.
// Errors: not_found, resource_exhausted, io.
base::result<void> replace_file(const std::string& path, std::string_view bytes);

// An error of the operating system about a file.
base::error file_failure(std::string_view what, const std::string& path, int number);

// Held by one program at a time, from when it is got until it ends.
class file_lock {
public:
  // Waits for it. Makes the file when there is none. Errors: not_found, io.
  static base::result<file_lock> get(const std::string& path);

  file_lock(file_lock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  file_lock& operator=(file_lock&&) = delete;
  ~file_lock();

private:
  explicit file_lock(int descriptor) : descriptor_(descriptor) {
  }
  int descriptor_;
};

} // namespace cxstream::security
