#include "sources/files/import_ledger.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cxstream::sources {

namespace {

void add(import_counts& to, const import_counts& more) {
  to.accepted += more.accepted;
  to.duplicate += more.duplicate;
  to.conflict += more.conflict;
  to.rejected += more.rejected;
  to.unmapped += more.unmapped;
  to.late += more.late;
  to.dropped += more.dropped;
}

} // namespace

void count(import_counts& counts, const v1::EventResult& result) {
  switch (result.outcome()) {
    case v1::ACCEPTED:
      ++counts.accepted;
      counts.late += result.late() ? 1 : 0;
      break;
    case v1::DUPLICATE:
      ++counts.duplicate;
      break;
    case v1::CONFLICT:
      ++counts.conflict;
      break;
    default:
      ++counts.rejected;
  }
}

void import_ledger::sent(std::uint64_t id, std::uint64_t rows) {
  open_.push_back({id, rows});
}

void import_ledger::settle(std::uint64_t id, const import_counts& counts, std::vector<std::string> refused_lines) {
  const auto found = std::lower_bound(open_.begin(), open_.end(), id,
                                      [](const batch& b, std::uint64_t wanted) { return b.id < wanted; });
  if (found == open_.end() || found->id != id)
    return;
  found->is_settled = true;
  found->counts = counts;
  found->refused_lines = std::move(refused_lines);
  while (!open_.empty() && open_.front().is_settled) {
    auto& first = open_.front();
    settled_ += first.rows;
    counts_.rows += first.rows;
    add(counts_, first.counts);
    std::move(first.refused_lines.begin(), first.refused_lines.end(), std::back_inserter(refused_lines_));
    open_.pop_front();
  }
}

std::vector<std::string> import_ledger::take_refused_lines() {
  return std::exchange(refused_lines_, {});
}

} // namespace cxstream::sources
