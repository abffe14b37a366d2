#include "transport/intake_window.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::transport {

void intake_window::taken(std::uint64_t batch_id, std::uint64_t events, std::uint64_t bytes) {
  const cost c{std::max<std::uint64_t>(events, 1), bytes};
  batches_.emplace(batch_id, c);
  events_ += c.events;
  bytes_ += c.bytes;
}

std::uint64_t intake_window::answered(std::uint64_t batch_id, std::uint64_t events) {
  const auto [first, last] = batches_.equal_range(batch_id);
  if (first == last)
    return 0;
  const auto same = std::find_if(
      first, last, [&](const auto& entry) { return entry.second.events == std::max<std::uint64_t>(events, 1); });
  const auto which = same == last ? first : same;
  const cost c = which->second;
  batches_.erase(which);
  events_ -= c.events;
  bytes_ -= c.bytes;
  return c.bytes;
}

std::uint64_t intake_window::clear() {
  batches_.clear();
  events_ = 0;
  return std::exchange(bytes_, 0);
}

} // namespace cxstream::transport
