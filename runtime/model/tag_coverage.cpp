#include "model/tag_coverage.hpp"

#include "model/fold_text.hpp"
#include "model/retag.hpp"

#include "base/hash.hpp"

#include <algorithm>
#include <set>

namespace cxstream::model {

void distinct_hashes::add(std::uint64_t hash) {
  if (!hashes_.empty() && hashes_.back() == hash)
    return;
  hashes_.push_back(hash);
  if (hashes_.size() - compacted_ > std::max<std::size_t>(64, compacted_))
    compact();
}

std::size_t distinct_hashes::count() {
  compact();
  return hashes_.size();
}

void distinct_hashes::compact() {
  std::ranges::sort(hashes_);
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end()); // clang 14 cannot read ranges::unique
  compacted_ = hashes_.size();
}

void tag_coverage::add(const v1::CanonicalEvent& event) {
  if (is_retag(event))
    return;
  std::set<std::string> unknown; // two spellings of one tag on an event count once
  bool known = false;
  bool tagged = false;
  for (const auto& raw : event.raw_tags()) {
    auto key = std::string(trimmed(raw));
    if (key.empty())
      continue;
    tagged = true;
    if (rules_.canonical_tag(key) != nullptr) {
      known = true;
      continue;
    }
    lower(key);
    if (unknown.insert(key).second && !tags_.contains(key) && tags_.size() < tags_remembered_max)
      tags_[key].tag = trimmed(raw);
  }
  const auto count = [&](coverage_counts& counts) {
    ++counts.events;
    counts.tagged += tagged ? 1 : 0;
    counts.covered += known ? 1 : 0;
  };
  count(total_);
  count(by_source_[event.source_system()]);
  for (const auto& key : unknown) {
    const auto found = tags_.find(key);
    if (found == tags_.end()) {
      ++forgotten_;
      continue;
    }
    ++found->second.events;
    found->second.uncovered += known ? 0 : 1;
    found->second.tickets.add(base::xxh3_64(event.ticket_id()));
  }
}

std::vector<homeless_tag> tag_coverage::homeless(std::size_t top) {
  std::vector<volume*> order;
  order.reserve(tags_.size());
  for (auto& [key, one] : tags_)
    order.push_back(&one);
  std::ranges::sort(order, [](const volume* a, const volume* b) {
    return a->events != b->events ? a->events > b->events : a->tag < b->tag;
  });
  if (top > 0 && order.size() > top)
    order.resize(top);
  std::vector<homeless_tag> out;
  for (auto* one : order)
    out.push_back({one->tag, one->events, one->uncovered, one->tickets.count(),
                   total_.tagged == 0 ? 0.0 : static_cast<double>(one->events) / static_cast<double>(total_.tagged)});
  return out;
}

} // namespace cxstream::model
