#include "base/hash.hpp"

#include <xxhash.h>

namespace cxstream::base {

std::uint64_t xxh3_64(std::string_view bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

hash128 xxh3_128(std::string_view bytes) noexcept {
  const auto hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string to_hex(hash128 hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(32, '0');
  for (int i = 0; i < 16; ++i) {
    const auto shift = 60 - 4 * i;
    out[static_cast<std::size_t>(i)] = digits[(hash.high >> shift) & 0xf];
    out[static_cast<std::size_t>(i) + 16] = digits[(hash.low >> shift) & 0xf];
  }
  return out;
}

} // namespace cxstream::base
