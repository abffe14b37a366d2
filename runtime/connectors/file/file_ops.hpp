// The few calls to the operating system that the file sink makes, behind an interface so that tests can let any of them
// fail. An implementation is used by one thread at a time.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// An open file; closed by its destructor.
class open_file {
public:
  virtual ~open_file() = default;
  // Writes all bytes at the end of the file. After an error any part of them may be there.
  virtual base::result<void> append(std::string_view bytes) = 0;
  // Makes content and length durable.
  virtual base::result<void> sync() = 0;
  virtual base::result<void> truncate(std::uint64_t length) = 0;
  virtual base::result<std::uint64_t> size() const = 0;
};

// Errors: resource_exhausted (disk or quota full), not_found, unavailable (locked), io.
class file_ops {
public:
  virtual ~file_ops() = default;
  // Creates the directory and its parents where they are missing.
  virtual base::result<void> make_directory(const std::string& path) = 0;
  // Opens a file for appending; creates it when it is missing.
  virtual base::result<std::unique_ptr<open_file>> open(const std::string& path) = 0;
  // The whole content of a file.
  virtual base::result<std::string> read(const std::string& path) = 0;
  // Replaces `to` by `from`, atomically; durable after sync_directory().
  virtual base::result<void> rename(const std::string& from, const std::string& to) = 0;
  // Makes creations and renames in a directory durable.
  virtual base::result<void> sync_directory(const std::string& path) = 0;
  // Holds a lock file as long as the result lives. Errors: unavailable when another process holds it.
  virtual base::result<std::unique_ptr<open_file>> lock(const std::string& path) = 0;
};

// The real one.
std::shared_ptr<file_ops> posix_file_ops();

} // namespace cxstream::connectors
