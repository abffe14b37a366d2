#include "sources/files/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace cxstream::sources {

base::error file_error(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  const bool is_full = number == ENOSPC || number == EDQUOT;
  return {is_full ? base::error_code::resource_exhausted : base::error_code::io,
          "cannot " + std::string(what) + " " + path.string() + ": " + std::system_category().message(number)};
}

base::result<void> replace_durably(const std::filesystem::path& path, std::string_view text) {
  auto beside = path;
  beside += ".tmp";
  const auto fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return file_error("write", beside);
  errno = ENOSPC; // what a short write means
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const auto failure = file_error("write", beside);
  ::close(fd);
  if (!whole)
    return failure;
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return file_error("replace", path);
  return {};
}

base::result<void> sync_folder(const std::filesystem::path& folder) {
  const auto fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return file_error("open", folder);
  const bool synced = ::fsync(fd) == 0;
  const auto failure = file_error("sync", folder);
  ::close(fd);
  if (!synced)
    return failure;
  return {};
}

} // namespace cxstream::sources
