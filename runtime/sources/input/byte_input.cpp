#include "sources/input/byte_input.hpp"

#include "sources/input/decompress.hpp"

#include <utility>

namespace cxstream::sources {

base::result<byte_input> byte_input::open(const std::filesystem::path& path, const input_options& options) {
  byte_input input(options);
  auto file = raw_bytes::open(path);
  if (!file)
    return file.err();
  input.file_ = *std::move(file);
  const auto first = input.file_->head();
  if (!first)
    return first.err();
  if (const auto how = packing_of(*first); how != packing::none)
    input.unpacked_ = unpack(*input.file_, how);
  return input;
}

byte_input byte_input::of_text(std::string_view text, const input_options& options) {
  byte_input input(options);
  input.size_ = text.size();
  input.text_ = text;
  return input;
}

base::result<std::string_view> byte_input::read_packed() {
  if (unpacked_)
    return unpacked_->read();
  return file_ ? file_->read() : std::exchange(text_, {});
}

base::result<std::string_view> byte_input::read_text() {
  constexpr std::size_t mark_bytes_max = 4;
  std::string_view out;
  while (out.empty() && !at_end_) {
    auto piece = read_packed();
    if (!piece)
      return piece;
    if (!has_begun_ && piece->size() < mark_bytes_max && !piece->empty() && first_.size() < mark_bytes_max) {
      first_ += *piece; // too little to tell a byte order mark
      continue;
    }
    if (!has_begun_ && !first_.empty())
      piece = std::string_view(first_ += *piece);
    at_end_ = piece->empty();
    if (!std::exchange(has_begun_, true)) {
      at_end_ = false; // what was gathered may be all there is
      piece->remove_prefix(decoder_.begin(*piece));
      if (piece->empty())
        continue;
    }
    out = at_end_ ? decoder_.finish() : decoder_.convert(*piece);
  }
  return out;
}

base::result<std::string_view> byte_input::head() {
  if (!has_head_) {
    const auto piece = read_text();
    if (!piece)
      return piece.err();
    head_ = *piece;
    has_head_ = true;
  }
  return std::string_view(head_);
}

base::result<std::string_view> byte_input::read() {
  if (std::exchange(has_head_, false))
    return std::string_view(head_);
  return read_text();
}

} // namespace cxstream::sources
