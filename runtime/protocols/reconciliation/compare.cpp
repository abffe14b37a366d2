#include "protocols/reconciliation/compare.hpp"

#include <algorithm>
#include <unordered_map>

namespace cxstream::protocols {

namespace {

difference kind_of(const ports::census_row& expected, const ports::census_row& found) {
  return found.sequence < expected.sequence ? difference::stale : difference::altered;
}

} // namespace

std::string_view name_of(difference kind) {
  switch (kind) {
    case difference::missing:
      return "missing";
    case difference::stale:
      return "stale";
    case difference::altered:
      return "altered";
    case difference::extra:
      return "extra";
  }
  return "";
}

void bucket_book::add(const ports::census_row& row) {
  auto& b = buckets_[ports::bucket_of(row.last_occurred_at, width_)];
  ++b.rows;
  b.digest ^= row.digest;
  ++rows_;
}

std::vector<std::int64_t> bucket_book::unlike(std::span<const ports::bucket_summary> target) const {
  std::vector<std::int64_t> out;
  std::map<std::int64_t, const ports::bucket_summary*> found;
  for (const auto& b : target) {
    found[b.number] = &b;
    if (!buckets_.contains(b.number) && b.rows > 0)
      out.push_back(b.number);
  }
  for (const auto& [number, expected] : buckets_) {
    const auto it = found.find(number);
    if (it == found.end() || it->second->rows != expected.rows || it->second->digest != expected.digest)
      out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<finding> compare(std::span<const ports::census_row> expected, std::span<const ports::census_row> found) {
  std::vector<finding> out;
  std::unordered_map<std::string_view, const ports::census_row*> there;
  for (const auto& row : found)
    there[row.ticket_id] = &row;
  for (const auto& row : expected) {
    const auto it = there.find(row.ticket_id);
    if (it == there.end()) {
      out.push_back({difference::missing, row.ticket_id, row.sequence, {}});
      continue;
    }
    if (*it->second != row)
      out.push_back({kind_of(row, *it->second), row.ticket_id, row.sequence, it->second->sequence});
    there.erase(it);
  }
  for (const auto& [ticket_id, row] : there)
    out.push_back({difference::extra, row->ticket_id, {}, row->sequence});
  std::sort(out.begin(), out.end(), [](const finding& a, const finding& b) { return a.ticket_id < b.ticket_id; });
  return out;
}

std::optional<finding> judge(const std::string& ticket_id, std::span<const ports::census_row> expected,
                             const std::optional<ports::census_row>& found, bool may_be_absent) {
  if (!found) {
    if (expected.empty() || may_be_absent)
      return std::nullopt;
    return finding{difference::missing, ticket_id, expected.front().sequence, {}};
  }
  if (expected.empty())
    return finding{difference::extra, ticket_id, {}, found->sequence};
  if (std::find(expected.begin(), expected.end(), *found) != expected.end())
    return std::nullopt;
  return finding{kind_of(expected.front(), *found), ticket_id, expected.front().sequence, found->sequence};
}

} // namespace cxstream::protocols
