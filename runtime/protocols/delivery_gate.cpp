#include "protocols/delivery_gate.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

namespace cxstream::protocols {

using ports::breaker_state;
using ports::delivery_result;

delivery_gate::delivery_gate(const gate_limits& limits, const breaker_policy& policy, const budget_account& spent)
    : limits_(limits), policy_(policy), breaker_(policy),
      concurrency_(limits.concurrency_min == 0 ? limits.concurrency : limits.concurrency_min, limits.concurrency),
      allowance_(limits.allowance, spent) {
}

bool delivery_gate::offer(offered_batch&& batch, base::timestamp now, gate_effects& fx) {
  if (batches_ >= limits_.queue_batches_max)
    return false;
  part p;
  p.positions.resize(batch.events.size());
  std::iota(p.positions.begin(), p.positions.end(), 0u);
  if (limits_.one_event_a_ticket)
    give_back_doubles(batch, p, fx);
  if (batch.events.empty())
    return true;
  p.affine = std::any_of(batch.events.begin(), batch.events.end(), [](const auto& e) { return !e.affinity.empty(); });
  p.batch = std::move(batch);
  queue_.push_back(std::move(p));
  ++batches_;
  pump(now, fx);
  return true;
}

void delivery_gate::on_timer(base::timestamp now, gate_effects& fx) {
  pump(now, fx);
}

std::optional<base::timestamp> delivery_gate::next_due() const {
  if (queue_.empty() || calls_.size() >= concurrency_.limit())
    return std::nullopt;
  auto at = breaker_.opens_at();
  if (!at)
    return at;
  // What only waits for a call or a mending to end is looked at when it ends.
  std::optional<base::timestamp> first;
  for (const auto& p : queue_) {
    if (!fits_somehow(p, {}) || (p.batch.background && !may_run_behind(p)))
      continue;
    const auto ready = breaker_.state() == breaker_state::closed ? p.not_before : base::timestamp{};
    first = std::min(ready, first.value_or(ready));
    if (*first == base::timestamp{})
      break;
  }
  if (!first && calls_.empty() && mending_.empty())
    first = background_from_; // the budget has no more for the background
  if (!first)
    return std::nullopt;
  return std::max({*at, *first, allowed_at_});
}

held_by delivery_gate::held(base::timestamp now) const {
  if (queue_.empty())
    return held_by::nothing;
  if (breaker_.state() != breaker_state::closed)
    return held_by::breaker;
  if (breaker_.throttled_until() > now)
    return held_by::throttled;
  if (allowance_.budget_is_spent(now))
    return held_by::budget;
  return allowed_at_ > now ? held_by::rate : held_by::nothing;
}

std::string_view name_of(held_by why) {
  switch (why) {
    case held_by::nothing:
      return "";
    case held_by::breaker:
      return "breaker";
    case held_by::throttled:
      return "throttled";
    case held_by::rate:
      return "rate";
    case held_by::budget:
      return "budget";
  }
  return "";
}

// The queue's first part that may be sent; one of the background only where there is no other.
std::optional<std::size_t> delivery_gate::next_part(base::timestamp now) const {
  // An open breaker's own pause is enough; and its probes rotate over all that is here.
  const bool closed = breaker_.state() == breaker_state::closed;
  std::optional<std::size_t> behind;
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    const auto& p = queue_[i];
    if ((closed && p.not_before > now) || !fits_somehow(p, {}))
      continue;
    if (!p.batch.background)
      return i;
    if (!behind && may_run_behind(p))
      behind = i;
  }
  return behind;
}

void delivery_gate::pump(base::timestamp now, gate_effects& fx) {
  while (!queue_.empty() && calls_.size() < concurrency_.limit() && breaker_.may_call(now)) {
    allowed_at_ = allowance_.next_call(now);
    background_from_ = allowance_.resets_at(now);
    if (allowed_at_ > now)
      return;
    const auto first = next_part(now);
    if (!first)
      return;
    make_call(*first, now, fx);
  }
}

void delivery_gate::on_answer(std::uint64_t call_id, std::span<const ports::delivery_outcome> outcomes,
                              base::timestamp now, double random01, gate_effects& fx) {
  auto found = calls_.find(call_id);
  if (found == calls_.end())
    return;
  auto made = std::move(found->second);
  const auto side_by_side = calls_.size();
  calls_.erase(found);
  unlock(made);
  const auto state_before = breaker_.state();
  const auto good_before = breaker_.good_outcomes();
  const bool probe = call_id == probe_;
  circuit_breaker::evidence evidence{breaker_};
  auto verdicts = judge(made, outcomes, evidence);
  breaker_.conclude(evidence, probe, now, random01);
  // A probe that was overtaken by good news from an earlier call is one call among others.
  if (probe || breaker_.state() == breaker_state::closed)
    probe_ = 0;
  if (breaker_.state() != state_before)
    fx.state = breaker_.state();
  learn(made, verdicts, side_by_side, now);
  answer(std::move(made), std::move(verdicts), good_before, now, fx);
  give_turns(fx);
  pump(now, fx);
}

// Reads the outcomes as the contract of ports::target has them, and mends what breaks it: after an event that was not
// delivered, no later one of its ticket counts as tried.
std::vector<delivery_gate::verdict> delivery_gate::judge(const call& made,
                                                         std::span<const ports::delivery_outcome> outcomes,
                                                         circuit_breaker::evidence& found) {
  std::vector<verdict> verdicts;
  verdicts.reserve(made.events->size());
  std::unordered_map<std::string_view, fate> stumbled; // tickets with an event that was not delivered
  for (std::size_t i = 0; i < made.events->size(); ++i) {
    const std::string_view ticket = (*made.events)[i].ticket_id;
    verdict v;
    if (i < outcomes.size())
      v.outcome = outcomes[i];
    else
      v.outcome = {delivery_result::transient, "the connector gave no outcome", std::nullopt};
    const auto before = stumbled.empty() ? stumbled.end() : stumbled.find(ticket);
    if (before != stumbled.end() && !is_final(v.outcome.result)) {
      v.what = before->second == fate::held ? fate::behind_held : fate::behind_failed;
      v.outcome = {delivery_result::skipped, {}, std::nullopt};
      verdicts.push_back(std::move(v));
      continue;
    }
    if (v.outcome.result == delivery_result::skipped)
      v.outcome = {delivery_result::transient, "skipped by the connector without a cause", std::nullopt};
    switch (v.outcome.result) {
      case delivery_result::delivered:
      case delivery_result::permanent:
      case delivery_result::unfit:
        found.good();
        break;
      case delivery_result::unreachable:
        v.what = fate::held;
        found.unreachable();
        break;
      case delivery_result::throttled:
        v.what = fate::throttled;
        found.throttled(v.outcome.retry_after);
        break;
      case delivery_result::deferred:
        v.what = fate::deferred;
        stumbled.emplace(ticket, fate::held);
        break;
      default:
        v.what = fate::failed;
        found.failed(ticket);
    }
    if (v.outcome.result != delivery_result::delivered && v.what != fate::deferred) {
      last_error_ = v.outcome.reason;
      const bool held = v.what == fate::held || v.what == fate::throttled;
      stumbled.emplace(ticket, held ? fate::held : fate::failed);
    }
    verdicts.push_back(std::move(v));
  }
  return verdicts;
}

// When the first of the deferred events wants to go; none when there is none.
std::optional<base::timestamp> delivery_gate::deferred_until(std::span<const verdict> verdicts, base::timestamp now) {
  std::optional<base::timestamp> out;
  for (const auto& v : verdicts)
    if (v.what == fate::deferred) {
      const auto due = now + v.outcome.retry_after.value_or(std::chrono::milliseconds{1'000});
      out = std::min(due, out.value_or(due));
    }
  return out;
}

// True when the part's held events are themselves to blame.
bool delivery_gate::blame(part& p, std::span<const verdict> verdicts, std::uint64_t good_before) const {
  const bool held = std::any_of(verdicts.begin(), verdicts.end(),
                                [](const verdict& v) { return v.what == fate::held || v.what == fate::throttled; });
  if (held && p.good_when_held && good_before > *p.good_when_held)
    ++p.blamed;
  return held && p.blamed >= policy_.blame_after;
}

// Gives back what is settled, keeps what is held.
void delivery_gate::answer(call made, std::vector<verdict> verdicts, std::uint64_t good_before, base::timestamp now,
                           gate_effects& fx) {
  const bool closed = breaker_.state() == breaker_state::closed;
  std::size_t next = 0;
  for (auto& p : made.parts) {
    const auto mine = std::span{verdicts}.subspan(next, p.positions.size());
    const auto due = deferred_until(mine, now);
    const bool blamed = !due && blame(p, mine, good_before);
    gate_answer back{p.batch.partition, p.batch.delivery_id, {}};
    back.events.reserve(mine.size());
    std::vector<ports::delivery> kept;
    std::vector<std::uint32_t> kept_positions;
    bool only_throttled = true;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      auto& v = mine[i];
      const bool held =
          v.what == fate::held || v.what == fate::throttled || v.what == fate::behind_held || v.what == fate::deferred;
      if (held && !blamed) {
        only_throttled &= v.what != fate::held;
        kept.push_back((*made.events)[next + i]);
        kept_positions.push_back(p.positions[i]);
        continue;
      }
      if (v.what == fate::held || v.what == fate::throttled)
        v.outcome.result = delivery_result::transient;
      else if (v.what == fate::failed && !closed)
        v.outcome.result = delivery_result::skipped; // the target is to blame: the event keeps its attempts
      back.events.push_back({p.positions[i], std::move(v.outcome)});
    }
    next += mine.size();
    if (!back.events.empty())
      fx.answers.push_back(std::move(back));
    p.positions = std::move(kept_positions);
    if (kept.empty())
      part_done(p.batch);
    else if (due)
      defer(std::move(p), std::move(kept), *due);
    else
      hold(std::move(p), std::move(kept), closed && only_throttled, now);
  }
}

// What else is held in the part waits with what was deferred: no longer than a burst lasts.
void delivery_gate::defer(part p, std::vector<ports::delivery> events, base::timestamp until) {
  p.batch.events = std::move(events);
  p.good_when_held.reset();
  p.not_before = until;
  p.deferred = true;
  queue_.push_back(std::move(p));
}

void delivery_gate::hold(part p, std::vector<ports::delivery> events, bool keeps_place, base::timestamp now) {
  p.batch.events = std::move(events);
  p.good_when_held = breaker_.good_outcomes();
  p.deferred = false;
  p.not_before = keeps_place ? base::timestamp{} : now + policy_.open_initial;
  if (keeps_place)
    queue_.push_front(std::move(p));
  else
    queue_.push_back(std::move(p));
}

void delivery_gate::withdraw(base::partition_id partition, gate_effects& fx) {
  const auto leaves = [&](part& p) {
    if (p.batch.partition != partition)
      return false;
    gate_answer back{p.batch.partition, p.batch.delivery_id, {}};
    for (auto position : p.positions)
      back.events.push_back({position, {delivery_result::skipped, {}, std::nullopt}});
    fx.answers.push_back(std::move(back));
    part_done(p.batch);
    return true;
  };
  std::erase_if(queue_, leaves);
}

} // namespace cxstream::protocols
