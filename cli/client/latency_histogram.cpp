#include "client/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::client {

namespace {

constexpr double growth = 1.05;

} // namespace

void latency_histogram::add(std::chrono::nanoseconds latency, std::uint64_t count) {
  const auto us = std::max(1.0, static_cast<double>(latency.count()) / 1e3);
  const auto bucket = static_cast<std::size_t>(std::ceil(std::log(us) / std::log(growth)));
  counts_[std::min(bucket, buckets - 1)] += count;
  count_ += count;
  max_ = std::max(max_, latency);
}

void latency_histogram::merge(const latency_histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::microseconds latency_histogram::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets && wanted > 0; ++i) {
    seen += counts_[i];
    if (seen >= wanted)
      return std::min(max(), std::chrono::microseconds(std::llround(std::pow(growth, static_cast<double>(i)))));
  }
  return std::chrono::microseconds{0};
}

} // namespace cxstream::client
