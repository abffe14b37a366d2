#include "sources/input/byte_input.hpp"

#include <zlib.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace cxstream::sources {

namespace {

constexpr std::size_t piece_bytes = 64u << 10u;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

gzFile as_gz(void* file) {
  return static_cast<gzFile>(file);
}

} // namespace

byte_input::byte_input(void* file, std::filesystem::path path, std::uint64_t size)
    : file_(file, [](void* f) { gzclose(as_gz(f)); }), path_(std::move(path)), size_(size),
      buffer_(file == nullptr ? 0 : piece_bytes) {
}

byte_input::byte_input(byte_input&&) noexcept = default;
byte_input& byte_input::operator=(byte_input&&) noexcept = default;
byte_input::~byte_input() = default;

base::result<byte_input> byte_input::open(const std::filesystem::path& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status))
    return base::error{base::error_code::not_found, "no such file: " + path.string()};
  if (std::filesystem::is_directory(status))
    return base::error{base::error_code::invalid_argument, path.string() + " is a directory; name a file"};
  const auto size = std::filesystem::file_size(path, code);
  auto* file = gzopen(path.c_str(), "rb");
  if (file == nullptr)
    return base::error{base::error_code::io,
                       "cannot open " + path.string() + ": " + std::system_category().message(errno)};
  gzbuffer(file, piece_bytes);
  return byte_input(file, path, code ? 0 : size);
}

byte_input byte_input::of_text(std::string_view text) {
  byte_input input(nullptr, {}, text.size());
  input.text_ = text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
  return input;
}

base::result<std::string_view> byte_input::read() {
  if (!file_)
    return std::exchange(text_, {});
  const auto count = gzread(as_gz(file_.get()), buffer_.data(), static_cast<unsigned>(buffer_.size()));
  int code = Z_OK;
  const char* why = gzerror(as_gz(file_.get()), &code);
  if (count <= 0 && code == Z_ERRNO)
    return base::error{base::error_code::io,
                       "cannot read " + path_.string() + ": " + std::system_category().message(errno)};
  if (count <= 0 && code != Z_OK)
    return base::error{base::error_code::malformed, path_.string() + " is damaged or cut off: " + why};
  std::string_view piece{buffer_.data(), static_cast<std::size_t>(count)};
  if (at_start_ && piece.substr(0, byte_order_mark.size()) == byte_order_mark)
    piece.remove_prefix(byte_order_mark.size());
  at_start_ = false;
  return piece;
}

std::uint64_t byte_input::position() const {
  if (!file_)
    return size_ - text_.size();
  const auto offset = gzoffset(as_gz(file_.get()));
  return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

} // namespace cxstream::sources
