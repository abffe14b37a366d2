// A gzip body made plain, by zlib. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::transport {

enum class inflated : std::uint8_t {
  whole,
  too_large, // more than bytes_max came out; reading stopped there
  broken,    // no gzip, damaged, or cut short
};

// Never holds more than bytes_max and a small buffer, whatever the ratio.
inflated inflate_gzip(std::string_view packed, std::size_t bytes_max, std::string& out);

} // namespace cxstream::transport
