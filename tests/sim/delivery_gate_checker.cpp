#include "sim/delivery_gate_checker.hpp"

#include <algorithm>

namespace cxstream::sim {

using ports::delivery_result;

bool delivery_gate_checker::down() const {
  return unreachable_ >= policy_.unreachable_to_open || (failures_ >= policy_.failures_to_open && failing_.size() >= 3);
}

void delivery_gate_checker::offered(const protocols::offered_batch& batch) {
  for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
    const auto& e = batch.events[i];
    inside_.emplace(place{batch.delivery_id, i}, event{e.ticket_id, e.sequence.value, e.affinity, batch.background});
    at_[{e.ticket_id, e.sequence.value}] = {batch.delivery_id, i};
  }
}

void delivery_gate_checker::called(const protocols::target_call& call, base::timestamp now) {
  calls_.emplace(call.id, call);
  if (calls_.size() > limits_.concurrency)
    throw broken_promise("more calls than workers");
  check_company(call);
  check_allowance(now);
  if (now < quiet_until_)
    throw broken_promise("called although the target asked for a pause");
  if (down()) {
    if (calls_.size() - old_calls_.size() > 1)
      throw broken_promise("more than one probe of a target that is down");
    if (last_failed_at_ && now < *last_failed_at_ + policy_.open_initial * 8 / 10)
      throw broken_promise("a target that is down was called again at once");
  }
  std::set<std::uint64_t> batches;
  std::set<place> in_call;
  for (const auto& e : *call.events) {
    const auto where = place_of(e);
    if (!inside_.contains(where))
      throw broken_promise("called with an event that was given back: " + e.ticket_id);
    check_order(e, in_call);
    in_call.insert(where);
    batches.insert(where.first);
  }
  if (in_call.size() != call.events->size())
    throw broken_promise("an event is twice in one call");
  if (batches.size() > 1 && call.events->size() > limits_.batch_events_max)
    throw broken_promise("merged into too large a call");
  for (const auto& [id, other] : calls_)
    for (const auto& e : *other.events)
      if (id != call.id && in_call.contains(place_of(e)))
        throw broken_promise("an event is in two calls: " + e.ticket_id);
}

// What may not be in one call, or in two at the same time.
void delivery_gate_checker::check_company(const protocols::target_call& call) const {
  std::set<std::string> tickets;
  std::set<std::string> affinities;
  for (const auto& e : *call.events) {
    if (!tickets.insert(e.ticket_id).second && limits_.one_event_a_ticket)
      throw broken_promise("two events of a ticket in one call: " + e.ticket_id);
    if (const auto found = inside_.find(place_of(e)); found != inside_.end() && !found->second.affinity.empty())
      affinities.insert(found->second.affinity);
  }
  std::size_t background = 0;
  for (const auto& [id, other] : calls_) {
    for (const auto& e : *other.events)
      if (const auto found = inside_.find(place_of(e)); id != call.id && found != inside_.end())
        if (affinities.contains(found->second.affinity))
          throw broken_promise("two calls in flight hold events of " + found->second.affinity);
    const auto first = inside_.find(place_of(other.events->front()));
    background += first != inside_.end() && first->second.background ? 1 : 0;
  }
  if (background > std::max<std::size_t>(1, limits_.concurrency / 2))
    throw broken_promise("the background takes more than its share of the calls");
}

// The rate over every span that ends now, and the day's budget.
void delivery_gate_checker::check_allowance(base::timestamp now) {
  called_at_.push_back(now);
  const auto& a = limits_.allowance;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  std::uint64_t calls = 0;
  std::uint64_t today = 0;
  for (auto at = called_at_.rbegin(); at != called_at_.rend(); ++at) {
    ++calls;
    today += *at >= day ? 1 : 0;
    const auto span = std::chrono::duration<double>(now - *at).count();
    if (a.requests_per_second > 0 && calls < 500 &&
        static_cast<double>(calls) > std::max(a.burst, a.requests_per_second) + a.requests_per_second * span + 1.001)
      throw broken_promise("called beyond the rate");
  }
  if (a.calls_per_day > 0 && today > a.calls_per_day)
    throw broken_promise("called although the day's budget is spent");
}

// An older event of the ticket that is inside must travel before it in the same call.
void delivery_gate_checker::check_order(const ports::delivery& e, const std::set<place>& in_call) const {
  for (const auto& [where, other] : inside_)
    if (other.ticket == e.ticket_id && other.sequence < e.sequence.value && !in_call.contains(where))
      throw broken_promise("P3, called past an older event: " + e.ticket_id);
}

void delivery_gate_checker::target_answered(std::uint64_t id, std::span<const ports::delivery_outcome> outcomes,
                                            base::timestamp now) {
  const auto found = calls_.find(id);
  const auto events = found->second.events;
  calls_.erase(found);
  const bool was_old = old_calls_.erase(id) > 0;
  call_answered_.clear();
  const bool was_down = down();
  bool good = false;
  bool unreachable = false;
  for (std::size_t i = 0; i < events->size(); ++i) {
    const auto& e = (*events)[i];
    const auto result = i < outcomes.size() ? outcomes[i].result : delivery_result::transient;
    call_answered_[place_of(e)] = result;
    if (result == delivery_result::delivered) {
      auto& newest = newest_taken_[e.ticket_id];
      if (e.sequence.value <= newest)
        throw broken_promise("P3, the target got an older event after a newer one: " + e.ticket_id);
      newest = e.sequence.value;
    }
    if (result == delivery_result::delivered || result == delivery_result::permanent) {
      good = true;
      unreachable = false;
      unreachable_ = failures_ = 0;
      failing_.clear();
    } else if (result == delivery_result::transient) {
      ++failures_;
      failing_.insert(e.ticket_id);
    } else if (result == delivery_result::unreachable) {
      unreachable = true;
    } else if (result == delivery_result::throttled && outcomes[i].retry_after) {
      quiet_until_ = std::max<base::timestamp>(quiet_until_, now + *outcomes[i].retry_after);
    }
  }
  unreachable_ += unreachable ? 1 : 0;
  if (!down()) {
    last_failed_at_.reset();
    old_calls_.clear();
    return;
  }
  // Calls made before it went down may still answer; only what is called from now on must be careful.
  if (!was_down || good) {
    for (const auto& [other, call] : calls_)
      old_calls_.insert(other);
    last_failed_at_ = now;
  } else if (!was_old) {
    last_failed_at_ = now;
  }
}

void delivery_gate_checker::given_back(const protocols::gate_answer& answer) {
  for (const auto& [position, outcome] : answer.events) {
    const place where{answer.delivery_id, position};
    if (inside_.erase(where) == 0)
      throw broken_promise("given back twice, or never offered");
    if (outcome.result == delivery_result::unreachable || outcome.result == delivery_result::throttled)
      throw broken_promise("a fault of the target was given back as the event's");
    const auto told = call_answered_.find(where);
    const auto really = told == call_answered_.end() ? delivery_result::skipped : told->second;
    const bool final = outcome.result == delivery_result::delivered || outcome.result == delivery_result::permanent;
    if (final && outcome.result != really)
      throw broken_promise("given back as what the target did not say");
    if (really == delivery_result::delivered && outcome.result != really)
      throw broken_promise("a delivery is not given back as one");
    if (outcome.result == delivery_result::transient && really == delivery_result::transient && down())
      throw broken_promise("an attempt was spent although the target is down");
  }
}

} // namespace cxstream::sim
