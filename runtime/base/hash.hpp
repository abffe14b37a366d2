// XXH3 of bytes, seed 0: stable for ever, on any machine. Partitions and stored fingerprints depend on it. Pure;
// thread-safe. Not for security.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::base {

struct hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const hash128&) const = default;
};

std::uint64_t xxh3_64(std::string_view bytes) noexcept;
hash128 xxh3_128(std::string_view bytes) noexcept;
// 32 lower-case hexadecimal digits, high half first (XXH128's canonical form).
std::string to_hex(hash128 hash);

} // namespace cxstream::base
