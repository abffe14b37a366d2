// What goes into a call of the target: merging, one event a ticket, affinities, mending, the background.
#include "protocols/delivery_gate.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace cxstream::protocols {

using ports::delivery_result;

namespace {

constexpr std::size_t merge_looks_at = 64;  // batches behind the first one
constexpr std::chrono::seconds together{1}; // what is deferred until about the same time goes in one call

} // namespace

// Of a batch with several events of a ticket only the first of each is kept.
void delivery_gate::give_back_doubles(offered_batch& batch, part& p, gate_effects& fx) {
  std::unordered_set<std::string> tickets;
  gate_answer back{batch.partition, batch.delivery_id, {}};
  std::vector<ports::delivery> kept;
  p.positions.clear();
  for (std::uint32_t i = 0; i < batch.events.size(); ++i) {
    if (tickets.insert(batch.events[i].ticket_id).second) {
      kept.push_back(std::move(batch.events[i]));
      p.positions.push_back(i);
    } else {
      back.events.push_back({i, {delivery_result::skipped, {}, std::nullopt}});
    }
  }
  batch.events = std::move(kept);
  if (!back.events.empty())
    fx.answers.push_back(std::move(back));
}

// Whether it must be asked of each event if it may go into a call.
bool delivery_gate::picks_events(const part& p) const {
  return p.affine || limits_.one_event_a_ticket || !mending_.empty();
}

// Which events of a part may go into a call: those of tickets of which none is locked, mended or already in it.
std::vector<bool> delivery_gate::fitting(const part& p, const draft& d) const {
  std::unordered_set<std::string_view> out;
  for (const auto& e : p.batch.events)
    if ((!e.affinity.empty() && locked_.contains(e.affinity)) || d.tickets.contains(e.ticket_id) ||
        mending_.contains(e.ticket_id))
      out.insert(e.ticket_id);
  std::vector<bool> fit;
  for (const auto& e : p.batch.events)
    fit.push_back(!out.contains(e.ticket_id));
  return fit;
}

bool delivery_gate::fits_somehow(const part& p, const draft& d) const {
  if ((!p.affine || locked_.empty()) && d.tickets.empty() && mending_.empty())
    return true;
  const auto fit = fitting(p, d);
  return std::find(fit.begin(), fit.end(), true) != fit.end();
}

// Leaves in `p` what fits; gives back the rest.
delivery_gate::part delivery_gate::split(part& p, const std::vector<bool>& fit) {
  const auto positions = std::exchange(p.positions, {});
  auto events = std::exchange(p.batch.events, {});
  auto rest = p;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    auto& to = fit[i] ? p : rest;
    to.positions.push_back(positions[i]);
    to.batch.events.push_back(std::move(events[i]));
  }
  return rest;
}

// Moves what fits of a queued part into the call; the rest stays where it is, as a part of its own.
void delivery_gate::take(std::size_t at, draft& d) {
  auto p = std::move(queue_[at]);
  const auto fit = picks_events(p) ? fitting(p, d) : std::vector<bool>{};
  if (std::find(fit.begin(), fit.end(), false) != fit.end()) {
    queue_[at] = split(p, fit);
    ++split_[{p.batch.partition.value, p.batch.delivery_id}];
  } else {
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  if (limits_.one_event_a_ticket)
    for (const auto& e : p.batch.events)
      d.tickets.insert(e.ticket_id);
  std::move(p.batch.events.begin(), p.batch.events.end(), std::back_inserter(d.events));
  p.batch.events.clear();
  d.made.parts.push_back(std::move(p));
}

void delivery_gate::lock(const draft& d) {
  for (const auto& e : d.events)
    if (!e.affinity.empty())
      locked_.insert(e.affinity);
}

void delivery_gate::unlock(const call& made) {
  for (const auto& e : *made.events)
    if (!e.affinity.empty())
      locked_.erase(e.affinity);
  background_calls_ -= made.background ? 1 : 0;
}

void delivery_gate::part_done(const offered_batch& batch) {
  const auto found = split_.find({batch.partition.value, batch.delivery_id});
  if (found == split_.end())
    --batches_;
  else if (--found->second == 0)
    split_.erase(found);
}

std::uint64_t delivery_gate::cost_of(const part& p) const {
  return limits_.request_an_event ? p.batch.events.size() : 1;
}

bool delivery_gate::may_run_behind(const part& p) const {
  return background_calls_ < std::max<std::size_t>(1, concurrency_.limit() / 2) && allowance_.leaves_enough(cost_of(p));
}

void delivery_gate::make_call(std::size_t first, base::timestamp now, gate_effects& fx) {
  draft d;
  const bool probe = breaker_.call_made();
  if (probe)
    fx.state = breaker_.state();
  d.made.background = queue_[first].batch.background;
  d.made.made_at = now;
  take(first, d);
  // A probe risks one batch; one that is under suspicion goes alone.
  const auto mergeable = [&](const part& p) {
    return p.blamed == 0 && (p.not_before == base::timestamp{} || (p.deferred && p.not_before <= now + together)) &&
           p.batch.background == d.made.background &&
           d.events.size() + p.batch.events.size() <= limits_.batch_events_max;
  };
  if (!probe && d.made.parts.front().blamed == 0)
    for (auto at = first; at < queue_.size() && at < first + merge_looks_at && mergeable(queue_[at]);) {
      const auto queued = queue_.size();
      if (fits_somehow(queue_[at], d))
        take(at, d);
      at += queue_.size() == queued ? 1 : 0;
    }
  lock(d);
  d.made.events = std::make_shared<const std::vector<ports::delivery>>(std::move(d.events));
  allowance_.spend(limits_.request_an_event ? d.made.events->size() : 1, now);
  background_calls_ += d.made.background ? 1 : 0;
  const auto id = ++call_ids_;
  if (probe)
    probe_ = id;
  fx.calls.push_back({id, d.made.events});
  calls_.emplace(id, std::move(d.made));
}

void delivery_gate::begin_mend(const std::string& ticket_id, gate_effects& fx) {
  mending_.insert(ticket_id);
  turn_awaited_.push_back(ticket_id);
  give_turns(fx);
}

void delivery_gate::end_mend(const std::string& ticket_id, base::timestamp now, gate_effects& fx) {
  mending_.erase(ticket_id);
  pump(now, fx);
}

void delivery_gate::give_turns(gate_effects& fx) {
  std::erase_if(turn_awaited_, [&](std::string& ticket_id) {
    if (is_in_a_call(ticket_id))
      return false;
    const bool granted = !is_put_off(ticket_id);
    if (!granted)
      mending_.erase(ticket_id);
    fx.turns.push_back({std::move(ticket_id), granted});
    return true;
  });
}

bool delivery_gate::is_in_a_call(const std::string& ticket_id) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& c) {
    return std::any_of(c.second.events->begin(), c.second.events->end(),
                       [&](const auto& e) { return e.ticket_id == ticket_id; });
  });
}

bool delivery_gate::is_put_off(const std::string& ticket_id) const {
  return std::any_of(queue_.begin(), queue_.end(), [&](const part& p) {
    return p.deferred && std::any_of(p.batch.events.begin(), p.batch.events.end(),
                                     [&](const auto& e) { return e.ticket_id == ticket_id; });
  });
}

void delivery_gate::learn(const call& made, std::span<const verdict> verdicts, std::size_t side_by_side,
                          base::timestamp now) {
  using answer = adaptive_concurrency::answer;
  auto what = answer::neither;
  for (const auto& v : verdicts) {
    if (v.what == fate::held || v.what == fate::throttled) {
      what = answer::overloaded;
      break;
    }
    if (v.what == fate::settled)
      what = answer::good;
  }
  concurrency_.answered(what, made.made_at, side_by_side, now);
}

} // namespace cxstream::protocols
