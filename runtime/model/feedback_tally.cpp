#include "model/feedback_tally.hpp"

#include "model/feedback.hpp"

#include <algorithm>

namespace cxstream::model {

void feedback_tally::add(const v1::CanonicalEvent& event) {
  if (const auto about = flagged_by(event)) {
    const auto& theme = tickets_[event.ticket_id()];
    ++counts_[{theme.tag, theme.driver, about->sink}].flagged;
    ++flagged_;
    return;
  }
  if (event.event_type() == false_positive_type)
    return;
  auto& theme = tickets_[event.ticket_id()];
  if (!event.pipeline().late()) {
    if (event.has_canonical_tag())
      theme.tag = event.canonical_tag();
    if (event.has_driver())
      theme.driver = event.driver();
  }
  for (const auto& [sink, filter] : sinks_)
    if (filter.wanted(event))
      ++counts_[{theme.tag, theme.driver, sink}].wanted;
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
