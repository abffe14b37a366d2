#include "model/feedback_tally.hpp"

#include "model/feedback.hpp"

#include <algorithm>

namespace cxstream::model {

void feedback_tally::add(const v1::CanonicalEvent& event) {
  if (const auto about = flagged_by(event)) {
    const auto& had = tickets_[event.ticket_id()];
    ++counts_[{had.tag, had.driver, about->sink}].flagged;
    ++flagged_;
    return;
  }
  if (event.event_type() == false_positive_type)
    return;
  auto& now = tickets_[event.ticket_id()];
  if (!event.pipeline().late()) {
    if (event.has_canonical_tag())
      now.tag = event.canonical_tag();
    if (event.has_driver())
      now.driver = event.driver();
  }
  for (const auto& [sink, filter] : sinks_)
    if (filter.wanted(event))
      ++counts_[{now.tag, now.driver, sink}].wanted;
}

std::vector<feedback_row> feedback_tally::rows() const {
  std::vector<feedback_row> out;
  for (const auto& [at, count] : counts_)
    if (count.flagged > 0)
      out.push_back({std::get<0>(at), std::get<1>(at), std::get<2>(at), count.flagged, count.wanted});
  std::ranges::stable_sort(out, std::greater<>{}, &feedback_row::flagged);
  return out;
}

} // namespace cxstream::model
