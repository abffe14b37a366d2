// Draws numbers 0 … n-1 so that number k comes up in proportion to 1/(k+1)^s, in constant time (Vose's alias method).
// Immutable after it is made.
#pragma once

#include <cstdint>
#include <vector>

namespace cxstream::sources {

class zipf {
public:
  // Preconditions: 1 ≤ n ≤ 2^32 - 1, s ≥ 0 (0: all alike).
  zipf(std::uint32_t n, double s);

  // `random` is 64 random bits.
  std::uint32_t draw(std::uint64_t random) const {
    const auto place = static_cast<std::uint32_t>((random >> 32u) * columns_.size() >> 32u);
    const auto& [threshold, alias] = columns_[place];
    return static_cast<std::uint32_t>(random) <= threshold ? place : alias;
  }

private:
  struct column {
    std::uint32_t threshold; // of 2^32: below it the column's own number, above its alias
    std::uint32_t alias;
  };
  std::vector<column> columns_;
};

} // namespace cxstream::sources
