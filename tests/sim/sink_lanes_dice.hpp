// Seeded randomness of the delivery simulations: the same seed rolls the same on every run.
#pragma once

#include <cstdint>
#include <random>

namespace cxstream::sim {

class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed) {
  }

  // 0 … n - 1. Precondition: n > 0.
  std::uint64_t below(std::uint64_t n) {
    return engine_() % n;
  }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  double unit() {
    return static_cast<double>(engine_() >> 11u) * 0x1.0p-53;
  }
  bool chance(double p) {
    return unit() < p;
  }
  // Small numbers are likelier, as with tickets that see most of the traffic.
  std::uint64_t skewed_below(std::uint64_t n) {
    const auto x = unit();
    return static_cast<std::uint64_t>(x * x * static_cast<double>(n));
  }

private:
  std::mt19937_64 engine_;
};

} // namespace cxstream::sim
