#include "sources/synthetic/zipf.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace cxstream::sources {

zipf::zipf(std::uint32_t n, double s) : columns_(n) {
  std::vector<double> weights(n);
  for (std::uint32_t k = 0; k < n; ++k)
    weights[k] = std::pow(k + 1.0, -s);
  const auto scale = n / std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t k = 0; k < n; ++k) {
    weights[k] *= scale;
    (weights[k] < 1.0 ? small : large).push_back(k);
  }
  constexpr auto full = std::numeric_limits<std::uint32_t>::max();
  while (!small.empty() && !large.empty()) {
    const auto less = small.back();
    const auto more = large.back();
    small.pop_back();
    columns_[less] = {static_cast<std::uint32_t>(weights[less] * full), more};
    weights[more] -= 1.0 - weights[less];
    if (weights[more] < 1.0) {
      large.pop_back();
      small.push_back(more);
    }
  }
  for (const auto& rest : {small, large}) {
    for (const auto k : rest)
      columns_[k] = {full, k};
  }
}

} // namespace cxstream::sources
