#include "sim/node_target.hpp"

#include <algorithm>
#include <set>

namespace cxstream::sim {

using ports::delivery_result;

std::vector<ports::delivery_outcome> node_target::deliver(std::span<const ports::delivery> events, base::timestamp) {
  std::vector<ports::delivery_outcome> out(events.size(), {delivery_result::unreachable, "away", std::nullopt});
  if (life_->over || nature_.down || dice_.chance(nature_.unreachable)) {
    ++nature_.away;
    return out;
  }
  ++nature_.calls;
  if (dice_.chance(nature_.throttled)) {
    ++nature_.failures;
    std::fill(out.begin(), out.end(),
              ports::delivery_outcome{delivery_result::throttled, "too fast",
                                      std::chrono::milliseconds{dice_.between(50, 900)}});
    return out;
  }
  std::set<std::string> stumbled;
  for (std::size_t n = 0; n < events.size(); ++n) {
    const auto i = nature_.reverses ? events.size() - 1 - n : n;
    const auto& event = events[i];
    nature_.retries += event.attempt > 1;
    if (stumbled.contains(event.ticket_id))
      out[i] = {delivery_result::skipped, "behind another", std::nullopt};
    else
      out[i] = outcome_of(event);
    if (out[i].result != delivery_result::delivered) {
      stumbled.insert(event.ticket_id);
      ++nature_.failures;
    }
  }
  return out;
}

ports::delivery_outcome node_target::outcome_of(const ports::delivery& event) {
  if (dice_.chance(nature_.permanent))
    return {delivery_result::permanent, "never", std::nullopt};
  if (dice_.chance(nature_.transient))
    return {delivery_result::transient, "later", std::nullopt};
  if (!nature_.lies || !dice_.chance(0.1))
    take(event);
  if (dice_.chance(nature_.answer_lost))
    return {delivery_result::transient, "no answer", std::nullopt};
  return {};
}

void node_target::take(const ports::delivery& event) {
  v1::CanonicalEvent taken;
  if (!taken.ParseFromString(event.event) || taken.pipeline().ticket_sequence() != event.sequence.value ||
      taken.pipeline().offset() != event.offset.value || taken.ticket_id() != event.ticket_id)
    checker_.blame("P10: a delivery names another place than its event");
  checker_.taken(nature_.sink, taken);
}

} // namespace cxstream::sim
