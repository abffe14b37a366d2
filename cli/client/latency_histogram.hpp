// How long things took, in buckets that grow by 5 %: 3.2 KiB, whatever is counted. Plain values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace cxstream::client {

class latency_histogram {
public:
  void add(std::chrono::nanoseconds latency, std::uint64_t count = 1);
  void merge(const latency_histogram& other);

  std::uint64_t count() const {
    return count_;
  }
  // The latency that a share (0 … 1) of all stays within, at most 5 % too high; 0 when nothing was counted.
  std::chrono::microseconds quantile(double share) const;
  std::chrono::microseconds max() const {
    return std::chrono::ceil<std::chrono::microseconds>(max_);
  }

private:
  static constexpr std::size_t buckets = 400; // from 1 µs to five minutes
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

} // namespace cxstream::client
