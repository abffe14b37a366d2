#include "connectors/file/file_ops.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cxstream::connectors {

namespace {

base::error failure(std::string_view what, const std::string& path, int number) {
  auto code = base::error_code::io;
  if (number == ENOSPC || number == EDQUOT)
    code = base::error_code::resource_exhausted;
  else if (number == ENOENT)
    code = base::error_code::not_found;
  else if (number == EWOULDBLOCK)
    code = base::error_code::unavailable;
  return {code, std::string(what) + " " + path + ": " + std::generic_category().message(number)};
}

class posix_file final : public open_file {
public:
  posix_file(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {
  }
  posix_file(const posix_file&) = delete;
  posix_file& operator=(const posix_file&) = delete;
  ~posix_file() override {
    ::close(descriptor_);
  }

  base::result<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return failure("cannot write", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  base::result<void> sync() override {
    return answer(::fdatasync(descriptor_), "cannot sync");
  }
  base::result<void> truncate(std::uint64_t length) override {
    return answer(::ftruncate(descriptor_, static_cast<off_t>(length)), "cannot truncate");
  }
  base::result<std::uint64_t> size() const override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0)
      return failure("cannot stat", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }
  base::result<void> lock() {
    return answer(::flock(descriptor_, LOCK_EX | LOCK_NB), "another process uses");
  }

private:
  base::result<void> answer(int status, std::string_view what) const {
    if (status != 0)
      return failure(what, path_, errno);
    return {};
  }

  int descriptor_;
  std::string path_;
};

class posix_ops final : public file_ops {
public:
  base::result<void> make_directory(const std::string& path) override {
    std::error_code problem;
    std::filesystem::create_directories(path, problem);
    if (problem)
      return failure("cannot create", path, problem.value());
    return {};
  }
  base::result<std::unique_ptr<open_file>> open(const std::string& path) override {
    auto file = open_posix(path);
    if (!file)
      return file.err();
    return std::unique_ptr<open_file>(std::move(*file));
  }
  base::result<std::string> read(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
      return failure("cannot read", path, errno);
    const posix_file file(descriptor, path);
    std::string out;
    char block[1u << 16u];
    for (;;) {
      const auto got = ::read(descriptor, block, sizeof block);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return failure("cannot read", path, errno);
      if (got == 0)
        return out;
      out.append(block, static_cast<std::size_t>(got));
    }
  }
  base::result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0)
      return failure("cannot replace", to, errno);
    return {};
  }
  base::result<void> sync_directory(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
      return failure("cannot open", path, errno);
    const posix_file directory(descriptor, path);
    if (::fsync(descriptor) != 0)
      return failure("cannot sync", path, errno);
    return {};
  }
  base::result<std::unique_ptr<open_file>> lock(const std::string& path) override {
    auto file = open_posix(path);
    if (!file)
      return file.err();
    if (auto held = (*file)->lock(); !held)
      return held.err();
    return std::unique_ptr<open_file>(std::move(*file));
  }

private:
  static base::result<std::unique_ptr<posix_file>> open_posix(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0)
      return failure("cannot open", path, errno);
    return std::make_unique<posix_file>(descriptor, path);
  }
};

} // namespace

std::shared_ptr<file_ops> posix_file_ops() {
  return std::make_shared<posix_ops>();
}

} // namespace cxstream::connectors
