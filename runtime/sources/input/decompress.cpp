#include "sources/input/decompress.hpp"

#include <zlib.h>
#include <zstd.h>

#include <new>

namespace cxstream::sources {

namespace {

base::error cut_off(const raw_bytes& from, const char* format) {
  return {base::error_code::malformed, from.name() + " is cut off: its " + format + " data goes on after byte " +
                                           std::to_string(from.position()) + ", where the file ends; copy it again"};
}

base::error damaged(const raw_bytes& from, const char* format, std::uint64_t offset, const std::string& why) {
  return {base::error_code::malformed, from.name() + " is damaged at byte " + std::to_string(offset) + " (" + format +
                                           ": " + why + "); copy it again"};
}

class gzip_stage final : public byte_stage {
public:
  explicit gzip_stage(raw_bytes& from) : from_(from), out_(piece_bytes) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&zip_, gzip_only) != Z_OK)
      throw std::bad_alloc();
  }
  ~gzip_stage() override {
    inflateEnd(&zip_);
  }
  gzip_stage(const gzip_stage&) = delete;
  gzip_stage& operator=(const gzip_stage&) = delete;

  base::result<std::string_view> read() override {
    while (!at_end_) {
      if (zip_.avail_in == 0) {
        const auto piece = from_.read();
        if (!piece)
          return piece.err();
        if (piece->empty() && in_member_)
          return cut_off(from_, "gzip");
        if (piece->empty())
          break;
        zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece->data())); // zlib's type; it only reads
        zip_.avail_in = static_cast<unsigned>(piece->size());
      }
      if (!in_member_ && padding())
        continue;
      in_member_ = true;
      zip_.next_out = reinterpret_cast<Bytef*>(out_.data());
      zip_.avail_out = static_cast<unsigned>(out_.size());
      const auto code = inflate(&zip_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return damaged(from_, "gzip", from_.position() - zip_.avail_in, zip_.msg == nullptr ? "no memory" : zip_.msg);
      if (code == Z_STREAM_END) {
        inflateReset(&zip_);
        in_member_ = false;
        had_member_ = true;
      }
      if (const auto count = out_.size() - zip_.avail_out; count > 0)
        return std::string_view(out_.data(), count);
    }
    at_end_ = true;
    return std::string_view();
  }

private:
  // Archives on tape end in zeros, which are no member. True when one was skipped.
  bool padding() {
    if (!had_member_ || *zip_.next_in != 0)
      return false;
    ++zip_.next_in;
    --zip_.avail_in;
    return true;
  }

  raw_bytes& from_;
  z_stream zip_{};
  bool in_member_ = false;
  bool had_member_ = false;
  bool at_end_ = false;
  std::vector<char> out_;
};

class zstd_stage final : public byte_stage {
public:
  explicit zstd_stage(raw_bytes& from) : from_(from), zip_(ZSTD_createDCtx()), out_(piece_bytes) {
    if (zip_ == nullptr)
      throw std::bad_alloc();
  }
  ~zstd_stage() override {
    ZSTD_freeDCtx(zip_);
  }
  zstd_stage(const zstd_stage&) = delete;
  zstd_stage& operator=(const zstd_stage&) = delete;

  base::result<std::string_view> read() override {
    while (true) {
      if (in_.pos == in_.size && !has_more_out_) {
        const auto piece = from_.read();
        if (!piece)
          return piece.err();
        if (piece->empty() && in_frame_)
          return cut_off(from_, "zstd");
        if (piece->empty())
          return std::string_view();
        in_ = {piece->data(), piece->size(), 0};
      }
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const auto left = ZSTD_decompressStream(zip_, &out, &in_);
      if (ZSTD_isError(left) != 0)
        return damaged(from_, "zstd", from_.position() - (in_.size - in_.pos), ZSTD_getErrorName(left));
      in_frame_ = left != 0;
      has_more_out_ = in_frame_ && out.pos == out.size;
      if (out.pos > 0)
        return std::string_view(out_.data(), out.pos);
    }
  }

private:
  raw_bytes& from_;
  ZSTD_DCtx* zip_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool in_frame_ = false;
  bool has_more_out_ = false;
  std::vector<char> out_;
};

} // namespace

packing packing_of(std::string_view first_bytes) {
  constexpr std::string_view gzip_magic = "\x1F\x8B";
  constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";
  constexpr std::string_view skippable_tail = "\x2A\x4D\x18"; // after a byte 0x50 … 0x5F: a frame that says nothing
  if (first_bytes.starts_with(gzip_magic))
    return packing::gzip;
  const auto is_skippable =
      first_bytes.size() >= 4 && (first_bytes[0] & 0xF0) == 0x50 && first_bytes.substr(1, 3) == skippable_tail;
  return first_bytes.starts_with(zstd_magic) || is_skippable ? packing::zstd : packing::none;
}

std::unique_ptr<byte_stage> unpack(raw_bytes& from, packing how) {
  if (how == packing::gzip)
    return std::make_unique<gzip_stage>(from);
  return std::make_unique<zstd_stage>(from);
}

} // namespace cxstream::sources
