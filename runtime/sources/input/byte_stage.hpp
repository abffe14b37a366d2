// One step on the way from a file's bytes to text: pieces in, pieces out. Interface; owned by one thread.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace cxstream::sources {

inline constexpr std::size_t piece_bytes = 64u << 10u;

class byte_stage {
public:
  virtual ~byte_stage() = default;
  // The next piece; empty at the end. Valid until the next call.
  virtual base::result<std::string_view> read() = 0;
};

} // namespace cxstream::sources
