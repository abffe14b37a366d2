#include "connectors/written_offsets.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

constexpr auto never = written_range::never_closes;

} // namespace

written_offsets::written_offsets(std::uint64_t disorder_max, const std::vector<written_range>& ranges,
                                 std::set<base::log_offset> refused)
    : disorder_max_(disorder_max), added_(disorder_max), refused_(std::move(refused)) {
  for (const auto& r : ranges)
    ranges_[r.from.value] = {r.to.value, r.gap_age == never ? never : added_ - std::min(added_, r.gap_age)};
}

bool written_offsets::has(base::log_offset offset) const {
  const auto above = ranges_.upper_bound(offset.value);
  return above != ranges_.begin() && offset.value < std::prev(above)->second.to && !refused_.contains(offset);
}

void written_offsets::add(base::log_offset offset) {
  if (has(offset))
    return;
  ++added_;
  refused_.erase(offset);
  const auto o = offset.value;
  const auto above = ranges_.upper_bound(o);
  if (above == ranges_.begin()) {
    insert_between(above, o);
    return;
  }
  const auto below = std::prev(above);
  if (o < below->second.to)
    return; // a refused event whose gap was closed
  if (o != below->second.to) {
    insert_between(above, o);
    return;
  }
  below->second.to = o + 1;
  if (above != ranges_.end() && above->first == o + 1) {
    below->second.to = above->second.to;
    ranges_.erase(above);
  }
}

// Adds an offset that touches no range below it.
void written_offsets::insert_between(range_map::iterator above, std::uint64_t offset) {
  const bool lowest = above == ranges_.begin();
  const bool highest = above == ranges_.end();
  if (!highest && above->first == offset + 1) {
    const auto grown = above->second;
    ranges_.erase(above);
    ranges_[offset] = grown;
    return;
  }
  // A gap that is split keeps its age in both parts; one that never closes only above, where nothing was asked for yet.
  auto opened_at = added_;
  if (lowest)
    opened_at = never;
  else if (!highest && above->second.gap_opened_at != never)
    opened_at = above->second.gap_opened_at;
  ranges_[offset] = {offset + 1, opened_at};
}

void written_offsets::refuse(base::log_offset offset) {
  refused_.insert(offset);
}

void written_offsets::close_gaps() {
  for (auto it = ranges_.begin(); it != ranges_.end();) {
    const auto opened_at = it->second.gap_opened_at;
    if (it == ranges_.begin() || opened_at == never || added_ - opened_at < disorder_max_) {
      ++it;
      continue;
    }
    std::prev(it)->second.to = it->second.to;
    it = ranges_.erase(it);
  }
}

base::log_offset written_offsets::position() const {
  return base::log_offset{ranges_.empty() ? 0 : ranges_.begin()->second.to};
}

base::log_offset written_offsets::end() const {
  return base::log_offset{ranges_.empty() ? 0 : ranges_.rbegin()->second.to};
}

std::vector<written_range> written_offsets::ranges() const {
  std::vector<written_range> out;
  for (const auto& [from, r] : ranges_)
    out.push_back(
        {base::log_offset{from}, base::log_offset{r.to}, r.gap_opened_at == never ? never : added_ - r.gap_opened_at});
  return out;
}

void apply(const partition_changes& changes, std::uint64_t disorder_max, partition_offsets& partitions) {
  for (const auto& [partition, change] : changes) {
    auto& offsets = partitions.try_emplace(partition, disorder_max).first->second;
    for (const auto offset : change.refused)
      offsets.refuse(offset);
    for (const auto offset : change.written)
      offsets.add(offset);
    offsets.close_gaps();
  }
}

} // namespace cxstream::connectors
