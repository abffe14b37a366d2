#include "security/files/plain_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cxstream::security {

namespace {

constexpr std::uint64_t file_size_max = 16u << 20u;

// A file that closes itself.
class descriptor {
public:
  descriptor(const std::string& path, int flags, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  int get() const {
    return number_;
  }
  explicit operator bool() const {
    return number_ >= 0;
  }

private:
  int number_;
};

std::int64_t ns_of(const timespec& t) {
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

file_stamp stamp_from(const struct stat& s) {
  return {s.st_dev, s.st_ino, static_cast<std::uint64_t>(s.st_size), ns_of(s.st_mtim), ns_of(s.st_ctim)};
}

base::result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return file_failure("cannot write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

} // namespace

base::error file_failure(std::string_view what, const std::string& path, int number) {
  const auto code = number == ENOENT                       ? base::error_code::not_found
                    : number == ENOSPC || number == EDQUOT ? base::error_code::resource_exhausted
                                                           : base::error_code::io;
  return {code, std::string(what) + " " + path + ": " + std::generic_category().message(number)};
}

base::result<file_stamp> stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return file_failure("cannot read", path, errno);
  return stamp_from(status);
}

base::result<plain_file> read_file(const std::string& path) {
  const descriptor file(path, O_RDONLY | O_NONBLOCK); // a pipe must not hold us up before it is refused
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0)
    return file_failure("cannot read", path, errno);
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > file_size_max)
    return base::error{base::error_code::corrupt, path + " is no plain file, or too large for what it should be"};
  plain_file out{std::string(static_cast<std::size_t>(status.st_size), '\0'), stamp_from(status),
                 (status.st_mode & S_IWOTH) != 0};
  std::size_t size = 0;
  while (size < out.bytes.size()) {
    const auto got = ::read(file.get(), out.bytes.data() + size, out.bytes.size() - size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return file_failure("cannot read", path, errno);
    if (got == 0)
      break;
    size += static_cast<std::size_t>(got);
  }
  out.bytes.resize(size);
  return out;
}

base::result<void> replace_file(const std::string& path, std::string_view bytes) {
  const auto fresh_path = path + ".new";
  ::unlink(fresh_path.c_str()); // of a program that died
  {
    const descriptor fresh(fresh_path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (!fresh)
      return file_failure("cannot create", fresh_path, errno);
    if (auto written = write_all(fresh.get(), bytes, fresh_path); !written)
      return written;
    if (::fsync(fresh.get()) != 0)
      return file_failure("cannot sync", fresh_path, errno);
  }
  if (std::rename(fresh_path.c_str(), path.c_str()) != 0)
    return file_failure("cannot replace", path, errno);
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  const descriptor directory(folder, O_RDONLY | O_DIRECTORY);
  if (!directory || ::fsync(directory.get()) != 0)
    return file_failure("cannot sync", folder, errno);
  return {};
}

base::result<file_lock> file_lock::get(const std::string& path) {
  const auto file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0)
    return file_failure("cannot create", path, errno);
  file_lock out(file);
  while (::flock(file, LOCK_EX) != 0)
    if (errno != EINTR)
      return file_failure("cannot lock", path, errno);
  return out;
}

file_lock::~file_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

} // namespace cxstream::security
