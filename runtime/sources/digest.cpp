#include "sources/digest.hpp"

#include <xxhash.h>

namespace cxstream::sources {

digester::digester() : state_(XXH3_createState()) {
  XXH3_128bits_reset(state_);
}

digester::~digester() {
  XXH3_freeState(state_);
}

void digester::add(std::string_view part) {
  add_number(part.size());
  XXH3_128bits_update(state_, part.data(), part.size());
}

void digester::add_number(std::uint64_t number) {
  unsigned char bytes[8];
  for (auto& byte : bytes) {
    byte = static_cast<unsigned char>(number & 0xffu);
    number >>= 8u;
  }
  XXH3_128bits_update(state_, bytes, sizeof bytes);
}

content_digest digester::finish() {
  const auto hash = XXH3_128bits_digest(state_);
  XXH3_128bits_reset(state_);
  return {hash.high64, hash.low64};
}

content_digest digest_of(std::string_view text) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

std::string to_hex(const content_digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(32);
  for (const auto half : {digest.high, digest.low}) {
    for (int shift = 60; shift >= 0; shift -= 4)
      out.push_back(digits[(half >> static_cast<unsigned>(shift)) & 0xfu]);
  }
  return out;
}

} // namespace cxstream::sources
