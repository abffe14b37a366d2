#include "sources/input/raw_bytes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cxstream::sources {

namespace {

std::string reason() {
  return std::system_category().message(errno);
}

} // namespace

raw_bytes::raw_bytes(int fd, std::string name, std::uint64_t size)
    : fd_(fd), name_(std::move(name)), size_(size), buffer_(piece_bytes) {
}

raw_bytes::~raw_bytes() {
  if (fd_ != STDIN_FILENO)
    ::close(fd_);
}

base::result<std::unique_ptr<raw_bytes>> raw_bytes::open(const std::filesystem::path& path) {
  if (path == "-")
    return std::unique_ptr<raw_bytes>(new raw_bytes(STDIN_FILENO, "standard input", 0));
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status))
    return base::error{base::error_code::not_found, "no such file: " + path.string()};
  if (std::filesystem::is_directory(status))
    return base::error{base::error_code::invalid_argument, path.string() + " is a directory; name a file"};
  const auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return base::error{base::error_code::io, "cannot open " + path.string() + ": " + reason()};
  const auto size = std::filesystem::is_regular_file(status) ? std::filesystem::file_size(path, code) : 0;
  return std::unique_ptr<raw_bytes>(new raw_bytes(fd, path.string(), code ? 0 : size));
}

base::result<std::size_t> raw_bytes::fill() {
  std::size_t filled = 0;
  while (filled < buffer_.size()) { // a pipe gives little at a time; who looks at the first bytes wants enough of them
    const auto count = ::read(fd_, buffer_.data() + filled, buffer_.size() - filled);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return base::error{base::error_code::io, "cannot read " + name_ + ": " + reason()};
    if (count == 0)
      break;
    filled += static_cast<std::size_t>(count);
    if (size_ == 0 && filled >= 512)
      break; // what a pipe has is used at once
  }
  return filled;
}

base::result<std::string_view> raw_bytes::head() {
  if (!has_head_) {
    const auto count = fill();
    if (!count)
      return count.err();
    ahead_ = *count;
    has_head_ = true;
  }
  return std::string_view(buffer_.data(), ahead_);
}

base::result<std::string_view> raw_bytes::read() {
  if (!has_head_) {
    const auto count = fill();
    if (!count)
      return count.err();
    ahead_ = *count;
  }
  has_head_ = false;
  position_ += ahead_;
  return std::string_view(buffer_.data(), ahead_);
}

} // namespace cxstream::sources
