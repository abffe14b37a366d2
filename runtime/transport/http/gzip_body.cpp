#include "transport/http/gzip_body.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace cxstream::transport {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;

using unpacker = std::unique_ptr<z_stream, int (*)(z_stream*)>;

} // namespace

inflated inflate_gzip(std::string_view packed, std::size_t bytes_max, std::string& out) {
  out.clear();
  z_stream state{};
  if (inflateInit2(&state, gzip_only) != Z_OK)
    return inflated::broken;
  const unpacker ends(&state, &inflateEnd);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())); // zlib does not write there
  state.avail_in = static_cast<uInt>(packed.size());
  std::array<char, 16u << 10u> piece;
  while (true) {
    state.next_out = reinterpret_cast<Bytef*>(piece.data());
    state.avail_out = static_cast<uInt>(piece.size());
    const int status = inflate(&state, Z_NO_FLUSH);
    const std::size_t made = piece.size() - state.avail_out;
    if (out.size() + made > bytes_max)
      return inflated::too_large;
    out.append(piece.data(), made);
    if (status == Z_STREAM_END && state.avail_in == 0)
      return inflated::whole;
    if (status == Z_STREAM_END) { // gzip files may stand one after another (RFC 1952)
      if (inflateReset(&state) != Z_OK)
        return inflated::broken;
      continue;
    }
    if (status != Z_OK || (made == 0 && state.avail_in == 0))
      return inflated::broken;
  }
}

} // namespace cxstream::transport
