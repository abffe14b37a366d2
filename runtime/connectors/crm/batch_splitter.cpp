#include "connectors/crm/batch_splitter.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

// Says nothing about the records, so that nothing is gained by sending the others now.
bool holds_for_all(delivery_result result) {
  return result == delivery_result::unreachable || result == delivery_result::throttled;
}

} // namespace

batch_splitter::batch_splitter(std::size_t records, std::size_t records_max) : outcomes_(records) {
  for (std::size_t from = 0; from < records; from += records_max)
    waiting_.push_back({from, std::min(records, from + records_max)});
}

std::optional<record_range> batch_splitter::next() const {
  if (waiting_.empty())
    return std::nullopt;
  return waiting_.front();
}

void batch_splitter::answer(batch_answer answer) {
  const auto range = waiting_.front();
  waiting_.pop_front();
  switch (answer.is) {
    case batch_answer::verdict::each:
      // An answer that is not about as many records as were sent is about none of them.
      if (answer.records.size() != range.size()) {
        settle(range, {delivery_result::transient,
                       "the target answered for " + std::to_string(answer.records.size()) + " of " +
                           std::to_string(range.size()) + " records",
                       std::nullopt});
        return;
      }
      std::ranges::move(answer.records, outcomes_.begin() + static_cast<std::ptrdiff_t>(range.from));
      return;
    case batch_answer::verdict::refused: {
      if (range.size() == 1) {
        settle(range, answer.whole);
        return;
      }
      const auto middle = range.from + range.size() / 2;
      waiting_.push_front({middle, range.to});
      waiting_.push_front({range.from, middle});
      return;
    }
    case batch_answer::verdict::failed:
      settle(range, answer.whole);
      if (!holds_for_all(answer.whole.result))
        return;
      for (const auto& left : waiting_)
        settle(left, answer.whole);
      waiting_.clear();
      return;
  }
}

std::vector<ports::delivery_outcome> batch_splitter::take() && {
  return std::move(outcomes_);
}

void batch_splitter::settle(record_range range, const ports::delivery_outcome& outcome) {
  for (auto i = range.from; i < range.to; ++i)
    outcomes_[i] = outcome;
}

} // namespace cxstream::connectors
