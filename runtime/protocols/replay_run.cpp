#include "protocols/replay_run.hpp"

#include "model/revision.hpp"

#include <algorithm>
#include <functional>

namespace cxstream::protocols {

namespace {

using namespace std::chrono_literals;

constexpr base::duration busy_for = 200ms;
constexpr base::duration unreadable_for = 5s;
constexpr int failures_kept_max = 20;

std::uint64_t hash_of(const std::string& ticket_id) {
  return std::hash<std::string>{}(ticket_id);
}

} // namespace

replay_run::replay_run(v1::Replay job, const replay_limits& limits, base::timestamp now)
    : job_(std::move(job)), limits_(limits), rate_({job_.events_per_second(), 0, 0, 0}, now) {
}

v1::ReplayPlace& replay_run::place_of(std::uint16_t partition) {
  return *std::find_if(job_.mutable_places()->begin(), job_.mutable_places()->end(),
                       [&](const auto& p) { return p.partition() == partition; });
}

// A partition that has more and of which nothing is under way.
v1::ReplayPlace* replay_run::next_place() {
  for (auto& place : *job_.mutable_places())
    if (place.next_offset() < place.end_offset() && !chunks_.contains(static_cast<std::uint16_t>(place.partition())))
      return &place;
  return nullptr;
}

bool replay_run::remembers(const std::string& ticket_id) const {
  return limits_.sends_state && tickets_.contains(hash_of(ticket_id));
}

void replay_run::pump(base::timestamp now, replay_effects& fx) {
  if (job_.state() != v1::REPLAY_RUNNING)
    return;
  for (auto& [partition, c] : chunks_) {
    if (c.not_before > now)
      continue;
    if (c.what == chunk::state::ready) {
      send(partition, c, now, fx);
    } else if (c.what == chunk::state::unreadable) {
      c.what = chunk::state::reading;
      read(partition, fx);
    }
  }
  while (chunks_.size() < limits_.partitions_at_once) {
    auto* place = next_place();
    if (place == nullptr)
      break;
    const auto partition = static_cast<std::uint16_t>(place->partition());
    chunks_.try_emplace(partition);
    read(partition, fx);
  }
  if (chunks_.empty()) {
    job_.set_state(v1::REPLAY_DONE);
    model::set_us(*job_.mutable_finished_at(), base::to_us(now));
  }
}

void replay_run::read(std::uint16_t partition, replay_effects& fx) {
  const auto& place = place_of(partition);
  fx.reads.push_back(
      {base::partition_id{partition}, base::log_offset{place.next_offset()}, base::log_offset{place.end_offset()}});
}

std::optional<base::timestamp> replay_run::next_due() const {
  if (job_.state() != v1::REPLAY_RUNNING)
    return std::nullopt;
  std::optional<base::timestamp> due;
  for (const auto& [partition, c] : chunks_)
    if (c.what == chunk::state::ready || c.what == chunk::state::unreadable)
      due = std::min(std::max(c.not_before, rate_from_), due.value_or(base::timestamp::max()));
  return due;
}

void replay_run::on_page(base::partition_id partition, std::uint64_t looked_at, std::vector<history_item> selected,
                         base::log_offset next, base::timestamp now, replay_effects& fx) {
  const auto found = chunks_.find(partition.value);
  if (found == chunks_.end() || found->second.what != chunk::state::reading)
    return;
  auto& c = found->second;
  c.next = next;
  c.of.looked_at = looked_at;
  c.of.selected = selected.size();
  // Where state is sent, the last event of a ticket speaks for the others.
  std::unordered_set<std::string> spoken_for;
  for (auto event = selected.rbegin(); event != selected.rend(); ++event) {
    if (limits_.sends_state && (remembers(event->ticket_id) || !spoken_for.insert(event->ticket_id).second))
      ++c.of.carried;
    else
      c.items.push_back({std::move(*event)});
  }
  std::reverse(c.items.begin(), c.items.end());
  c.what = chunk::state::ready;
  close_if_done(partition.value);
  pump(now, fx);
}

void replay_run::on_unreadable(base::partition_id partition, const std::string& why, base::timestamp now) {
  const auto found = chunks_.find(partition.value);
  if (found == chunks_.end() || found->second.what != chunk::state::reading)
    return;
  job_.set_last_error(why);
  found->second.what = chunk::state::unreadable;
  found->second.not_before = now + unreadable_for;
}

// The next events that are not settled; the rate may allow fewer than the target takes at a time.
void replay_run::send(std::uint16_t partition, chunk& c, base::timestamp now, replay_effects& fx) {
  if (const auto wait = rate_.wait(now); wait > base::duration::zero()) {
    rate_from_ = now + wait;
    return;
  }
  auto most = limits_.send_events_max;
  if (const auto rate = job_.events_per_second(); rate > 0)
    most = std::min(most, std::max<std::size_t>(1, static_cast<std::size_t>(rate / 2)));
  replay_effects::send out{base::partition_id{partition}, {}};
  c.under_way.clear();
  for (auto at = c.first; at < c.items.size() && out.events.size() < most; ++at)
    if (!c.items[at].settled) {
      c.under_way.push_back(at);
      out.events.push_back(c.items[at].event);
    }
  c.what = chunk::state::sent;
  rate_.spend(now, out.events.size(), 0);
  fx.sends.push_back(std::move(out));
}

void replay_run::on_outcomes(base::partition_id partition, std::span<const replay_outcome> outcomes,
                             base::timestamp now, double random01, replay_effects& fx) {
  const auto found = chunks_.find(partition.value);
  if (found == chunks_.end() || found->second.what != chunk::state::sent)
    return;
  auto& c = found->second;
  c.what = chunk::state::ready;
  c.not_before = {};
  for (std::size_t i = 0; i < c.under_way.size(); ++i)
    settle(partition.value, c, c.under_way[i],
           i < outcomes.size() ? outcomes[i] : replay_outcome{replay_result::busy, {}}, now, random01);
  while (c.first < c.items.size() && c.items[c.first].settled)
    ++c.first;
  close_if_done(partition.value);
  pump(now, fx);
}

void replay_run::settle(std::uint16_t partition, chunk& c, std::size_t at, const replay_outcome& outcome,
                        base::timestamp now, double random01) {
  auto& it = c.items[at];
  const auto fails = [&] {
    ++c.of.failed;
    it.settled = true;
    v1::ReplayFailure failure;
    failure.set_ticket_id(it.event.ticket_id);
    failure.set_partition(partition);
    failure.set_offset(it.event.offset.value);
    failure.set_reason(outcome.reason);
    c.failures.push_back(std::move(failure));
  };
  if (!outcome.reason.empty())
    job_.set_last_error(outcome.reason);
  switch (outcome.result) {
    case replay_result::delivered:
      ++c.of.delivered;
      it.settled = true;
      if (limits_.sends_state && tickets_.size() < limits_.tickets_remembered_max)
        tickets_.insert(hash_of(it.event.ticket_id));
      return;
    case replay_result::carried:
      ++c.of.carried;
      it.settled = true;
      return;
    case replay_result::left_to_sink:
      ++c.of.left;
      it.settled = true;
      return;
    case replay_result::refused:
      return fails();
    case replay_result::busy:
      c.not_before = std::max(c.not_before, now + busy_for);
      return;
    case replay_result::failed:
      if (++it.attempts >= limits_.retry.attempts_max)
        return fails();
      c.not_before =
          std::max(c.not_before, now + next_backoff(limits_.retry.backoff, it.attempts, std::nullopt, random01));
  }
}

// All of a chunk is dealt with: its counts and its place become the job's.
void replay_run::close_if_done(std::uint16_t partition) {
  const auto found = chunks_.find(partition);
  auto& c = found->second;
  if (c.first < c.items.size())
    return;
  job_.set_looked_at(job_.looked_at() + c.of.looked_at);
  job_.set_selected(job_.selected() + c.of.selected);
  job_.set_delivered(job_.delivered() + c.of.delivered);
  job_.set_carried(job_.carried() + c.of.carried);
  job_.set_left_to_sink(job_.left_to_sink() + c.of.left);
  job_.set_failed(job_.failed() + c.of.failed);
  for (auto& failure : c.failures)
    if (job_.failures_size() < failures_kept_max)
      *job_.add_failures() = std::move(failure);
  place_of(partition).set_next_offset(c.next.value);
  chunks_.erase(found);
}

void replay_run::pause() {
  if (job_.state() == v1::REPLAY_RUNNING)
    job_.set_state(v1::REPLAY_PAUSED);
}

void replay_run::resume() {
  if (job_.state() == v1::REPLAY_PAUSED)
    job_.set_state(v1::REPLAY_RUNNING);
}

void replay_run::cancel(base::timestamp now) {
  if (over())
    return;
  job_.set_state(v1::REPLAY_CANCELLED);
  model::set_us(*job_.mutable_finished_at(), base::to_us(now));
}

void replay_run::set_rate(double events_per_second, base::timestamp now) {
  job_.set_events_per_second(events_per_second);
  rate_ = rate_limit({events_per_second, 0, 0, 0}, now);
  rate_from_ = {};
}

} // namespace cxstream::protocols
