#include "sim/sink_lanes_checker.hpp"

#include <algorithm>

namespace cxstream::sim {

namespace {

[[noreturn]] void broken(const std::string& what, const sim_event& event) {
  throw broken_promise(what + ": " + event.bytes() + " at offset " + std::to_string(event.offset));
}

void same(const std::string& what, std::uint64_t account, std::uint64_t truth) {
  if (account != truth)
    throw broken_promise("P7, " + what + ": the account says " + std::to_string(account) + ", true is " +
                         std::to_string(truth));
}

} // namespace

void sink_lanes_checker::append(sim_event event) {
  by_offset_.emplace(event.offset, history.size());
  by_ticket_[event.ticket].push_back(history.size());
  history.push_back(std::move(event));
}

std::uint64_t sink_lanes_checker::events_below(std::uint64_t offset) const {
  return static_cast<std::uint64_t>(std::distance(by_offset_.begin(), by_offset_.lower_bound(offset)));
}

bool sink_lanes_checker::decided(const sim_disk& disk, std::uint64_t offset) {
  const auto& above = disk.cursor.decided_above();
  return offset < disk.cursor.next_offset() || std::find(above.begin(), above.end(), offset) != above.end();
}

const v1::WaitingEntry* sink_lanes_checker::waiting(const sim_disk& disk, const sim_event& event) {
  const auto found = disk.waiting.find({event.ticket, event.offset});
  return found == disk.waiting.end() ? nullptr : &found->second;
}

void sink_lanes_checker::delivery_sent(const protocols::outgoing_delivery& sent, const sim_disk& disk,
                                       base::timestamp now) {
  if (sent.events.empty() || sent.events.size() > limits_.batch_events_max)
    throw broken_promise("P8: a delivery of " + std::to_string(sent.events.size()) + " events");
  std::set<std::uint64_t> before;
  std::set<std::string> tickets;
  in_flight entry{sent, {}, false, {}};
  for (const auto& event : sent.events) {
    if (sent.background)
      check_replayed(event, disk);
    else
      check_sent(event, disk, now, before);
    before.insert(event.offset.value);
    if (!tickets.insert(event.ticket_id).second && (limits_.one_event_a_ticket || limits_.coalesce))
      broken("two events of a ticket in one delivery", at(event.offset.value));
    // An older one may come again after a crash; it takes nobody's place.
    const auto carried = on_time_.find(event.ticket_id);
    if (!sent.background && carried != on_time_.end() && event.offset.value > carried->second) {
      if (at(event.offset.value).late)
        broken("P4, a late event took the place of one that is not", at(event.offset.value));
      on_time_.erase(carried);
    }
    if (const auto found = uncarried_.find(event.ticket_id); found != uncarried_.end())
      entry.carries.insert(*found);
  }
  for (std::uint32_t i = 0; i < sent.events.size(); ++i)
    entry.open.insert(i);
  in_flight_.emplace(sent.id, std::move(entry));
  const auto background =
      std::count_if(in_flight_.begin(), in_flight_.end(), [](const auto& d) { return d.second.sent.background; });
  if (in_flight_.size() - static_cast<std::size_t>(background) > limits_.batches_in_flight_max)
    throw broken_promise("P8: " + std::to_string(in_flight_.size()) + " deliveries in flight");
}

void sink_lanes_checker::check_sent(const ports::delivery& event, const sim_disk& disk, base::timestamp now,
                                    const std::set<std::uint64_t>& before_in_batch) const {
  const auto& truth = at(event.offset.value);
  if (truth.ticket != event.ticket_id || truth.sequence != event.sequence.value || truth.bytes() != event.event)
    broken("the delivery is not the event", truth);
  if (!truth.wanted)
    broken("delivered although not wanted", truth);
  const auto* entry = waiting(disk, truth);
  if (entry == nullptr && decided(disk, truth.offset))
    broken("delivered again although its outcome is written", truth);
  if (event.attempt != (entry != nullptr ? entry->attempts() : 0) + 1)
    broken("attempts miscounted", truth);
  if (entry != nullptr && entry->due_at_us() > base::to_us(now))
    broken("tried before it was due", truth);
  if (entry != nullptr && entry->allow_older() != event.allow_older)
    broken("allow_older lost", truth);
  for (const auto i : by_ticket_.at(truth.ticket)) {
    const auto& other = history[i];
    if (other.offset >= truth.offset)
      break;
    if (!other.wanted || before_in_batch.contains(other.offset))
      continue;
    const bool open = other.offset >= era_from_ && !decided(disk, other.offset);
    if (open || waiting(disk, other) != nullptr)
      broken("P3, sent past an older event (" + other.bytes() + ")", truth);
  }
  for (const auto& [id, delivery] : in_flight_)
    for (const auto position : delivery.open)
      if (delivery.sent.events[position].ticket_id == truth.ticket)
        broken("P3, two deliveries of one ticket in flight", truth);
}

void sink_lanes_checker::target_took(std::uint64_t delivery, const ports::delivery& event) {
  target_has_.insert(event.offset.value);
  if (in_flight_.at(delivery).sent.background || in_flight_.at(delivery).before_seek)
    return;
  auto& newest = newest_taken_[event.ticket_id];
  if (event.sequence.value <= newest && !event.allow_older)
    broken("P3, the target got an older event after a newer one", at(event.offset.value));
  newest = std::max(newest, event.sequence.value);
}

void sink_lanes_checker::told(std::uint64_t delivery, std::uint32_t position, const ports::delivery_outcome& outcome,
                              base::timestamp now) {
  const auto found = in_flight_.find(delivery);
  auto& entry = found->second;
  entry.open.erase(position);
  const auto& event = entry.sent.events[position];
  const auto offset = event.offset.value;
  if (entry.sent.background) {
    replays_told_.insert({delivery, position});
    if (entry.open.empty())
      in_flight_.erase(found);
    return;
  }
  if (outcome.result == ports::delivery_result::delivered && !entry.before_seek) {
    told_delivered_.insert(offset);
    for (const auto carried : entry.carries[event.ticket_id])
      uncarried_[event.ticket_id].erase(carried);
  }
  if (outcome.result == ports::delivery_result::transient && !entry.before_seek) {
    auto& known = told_failures_.insert({offset, failures_[offset]}).first->second;
    ++known.attempts;
    auto wait = retry_.backoff.initial;
    for (std::uint32_t i = 1; i < known.attempts; ++i)
      wait = std::min(wait * 2, retry_.backoff.max);
    const base::duration asked = outcome.retry_after.value_or(std::chrono::milliseconds::zero());
    known.not_before = now + std::max(wait * 8 / 10, asked);
  }
  if (entry.open.empty())
    in_flight_.erase(found);
}

void sink_lanes_checker::sought(std::uint64_t next) {
  era_from_ = next;
  for (auto& [id, delivery] : in_flight_)
    delivery.before_seek = true;
  delivered_.clear();
  told_delivered_.clear();
  discarded_.clear();
  told_discarded_.clear();
  newest_taken_.clear();
  failures_.clear();
  told_failures_.clear();
  coalesced_.clear();
  kept_.clear();
  uncarried_.clear();
  on_time_.clear();
}

void sink_lanes_checker::crashed() {
  replays_told_.clear();
  in_flight_.clear();
  told_failures_.clear();
  told_delivered_.clear();
  told_discarded_.clear();
  newest_taken_.clear();
  for (const auto offset : delivered_) {
    auto& newest = newest_taken_[at(offset).ticket];
    newest = std::max(newest, at(offset).sequence);
  }
}

void sink_lanes_checker::written(const sim_disk& disk) {
  for (const auto offset : told_delivered_)
    if (!delivered_.insert(offset).second)
      broken("delivered twice", at(offset));
  told_delivered_.clear();
  for (const auto& [offset, known] : told_failures_)
    failures_[offset] = known;
  told_failures_.clear();
  discarded_.merge(told_discarded_);
  told_discarded_.clear();
  find_coalesced(disk);

  std::uint64_t filtered = 0;
  for (const auto& event : history) {
    if (event.offset < era_from_)
      continue;
    check_event(event, disk);
    filtered += !event.wanted && decided(disk, event.offset) ? 1 : 0;
  }
  const auto& account = disk.cursor;
  same("delivered", account.delivered(), delivered_.size());
  same("filtered", account.filtered(), filtered);
  same("coalesced", account.coalesced(), coalesced_.size());
  same("waiting", account.waiting(), disk.waiting.size());
  same("dead", account.dead(), disk.dead.size());
  same("discarded", account.discarded(), discarded_.size());
  const auto passed = events_below(account.next_offset()) + static_cast<std::uint64_t>(account.decided_above_size());
  same("sum", protocols::counts_of(account).decided() + account.history_base(), passed);
  if (static_cast<std::uint32_t>(account.decided_above_size()) > limits_.in_flight_events_max)
    throw broken_promise("P8: " + std::to_string(account.decided_above_size()) + " offsets decided above the cursor");
}

// What is sent once more: decided, of a ticket that has nothing else to send.
void sink_lanes_checker::check_replayed(const ports::delivery& event, const sim_disk& disk) const {
  const auto& truth = at(event.offset.value);
  if (truth.ticket != event.ticket_id || truth.bytes() != event.event || !truth.wanted)
    broken("the replayed delivery is not the event", truth);
  if (!decided(disk, truth.offset))
    broken("replayed before it was decided", truth);
  for (const auto i : by_ticket_.at(truth.ticket))
    if (waiting(disk, history[i]) != nullptr)
      broken("P3, replayed while an event of its ticket waits", truth);
  for (const auto& [id, delivery] : in_flight_)
    for (const auto position : delivery.open)
      if (delivery.sent.events[position].ticket_id == truth.ticket)
        broken("P3, replayed beside another delivery of its ticket", truth);
}

void sink_lanes_checker::replayed(const std::vector<protocols::replayed>& replays) {
  for (const auto& r : replays)
    if (replays_told_.erase({r.delivery_id, r.position}) == 0)
      throw broken_promise("an outcome of a replay is made up, or given out twice");
  if (!replays_told_.empty())
    throw broken_promise("an outcome of a replay is not given out");
}

bool sink_lanes_checker::is_in_flight(std::uint64_t offset) const {
  for (const auto& [id, delivery] : in_flight_)
    for (const auto position : delivery.open)
      if (!delivery.before_seek && delivery.sent.events[position].offset.value == offset)
        return true;
  return false;
}

// What is decided and is neither delivered nor kept: another event of its ticket, not yet sent, must be there to carry
// it.
void sink_lanes_checker::find_coalesced(const sim_disk& disk) {
  for (const auto& event : history) {
    if (!event.wanted)
      continue;
    const bool dead = disk.dead.contains(event.offset);
    if (event.offset < era_from_ && (dead || waiting(disk, event) != nullptr))
      kept_.insert(event.offset);
    if (dead && dead_.insert(event.offset).second) { // with all that it carried
      uncarried_.erase(event.ticket);
      on_time_.erase(event.ticket);
    } else if (!dead) {
      dead_.erase(event.offset);
    }
  }
  for (const auto& event : history)
    if (event.wanted && (event.offset >= era_from_ || kept_.contains(event.offset)) && decided(disk, event.offset) &&
        waiting(disk, event) == nullptr && !disk.dead.contains(event.offset) && !discarded_.contains(event.offset) &&
        !delivered_.contains(event.offset) && !coalesced_.contains(event.offset))
      check_coalesced(event, disk);
}

void sink_lanes_checker::check_coalesced(const sim_event& event, const sim_disk& disk) {
  if (!limits_.coalesce)
    broken("P7, the event is lost", event);
  const sim_event* carrier = nullptr;
  const sim_event* heir = nullptr;
  bool older_waits = false;
  for (const auto i : by_ticket_.at(event.ticket)) {
    const auto& other = history[i];
    const bool to_be_sent =
        waiting(disk, other) != nullptr || (other.offset >= era_from_ && !decided(disk, other.offset));
    if (other.offset != event.offset && other.wanted && to_be_sent && !is_in_flight(other.offset))
      carrier = &other;
    older_waits |= other.offset < event.offset && waiting(disk, other) != nullptr;
    // What failed before is told of the one that takes its place, even if yet another one waits behind that.
    if (const auto* entry = waiting(disk, other); carrier == &other && entry != nullptr && entry->attempts() > 0)
      heir = &other;
  }
  if (carrier == nullptr)
    broken("P7, coalesced, and nothing is there to carry it", event);
  coalesced_.insert(event.offset);
  uncarried_[event.ticket].insert(event.offset);
  if (!event.late && !requeued_.contains(event.offset))
    on_time_.emplace(event.ticket, event.offset);
  if (const auto failed = failures_.find(event.offset); failed != failures_.end()) {
    // A late one that an older one carries leaves that its own attempts.
    const bool steps_back = event.late && older_waits;
    if (failed->second.attempts > 0 && !steps_back)
      failures_[(heir != nullptr ? heir : carrier)->offset] = failed->second;
    failures_.erase(event.offset);
  }
}

void sink_lanes_checker::check_event(const sim_event& event, const sim_disk& disk) const {
  const bool is_decided = decided(disk, event.offset);
  const auto* entry = waiting(disk, event);
  const bool is_waiting = entry != nullptr;
  const bool is_dead = disk.dead.contains(event.offset);
  const auto found = failures_.find(event.offset);
  const auto failed = found == failures_.end() ? failure{} : found->second;
  if (is_waiting && entry->attempts() != failed.attempts)
    broken("attempts miscounted", event);
  if (is_waiting && failed.attempts > 0 && entry->due_at_us() < base::to_us(failed.not_before))
    broken("due before the backoff is over", event);
  if (is_dead && disk.dead.at(event.offset).reason == protocols::dead_reason::budget_spent) {
    // A requeue that was not written leaves nothing to compare with but the letter itself.
    const auto attempts = found == failures_.end() ? disk.dead.at(event.offset).attempts : failed.attempts;
    if (attempts != retry_.attempts_max)
      broken("given up too early or too late", event);
  }
  if ((is_waiting || is_dead) && !is_decided)
    broken("P7, waits or is dead, and would be read again", event);
  if (is_waiting && is_dead)
    broken("P7, waits and is dead", event);
  if (!event.wanted && (is_waiting || is_dead))
    broken("kept although not wanted", event);
  if (!event.wanted || !is_decided || is_waiting || is_dead || discarded_.contains(event.offset) ||
      coalesced_.contains(event.offset))
    return;
  if (!delivered_.contains(event.offset))
    broken("P7, the event is lost", event);
  if (!target_has_.contains(event.offset))
    broken("P7, the target never got it", event);
}

void sink_lanes_checker::nothing_left(const sim_disk& disk) const {
  if (!disk.waiting.empty())
    throw broken_promise("an event waits for ever: " + disk.waiting.begin()->first.first);
  for (const auto& event : history)
    if (event.offset >= era_from_ && !decided(disk, event.offset))
      broken("an event is never decided", event);
  for (const auto& [ticket, events] : uncarried_)
    if (!events.empty())
      broken("coalesced, and nothing that was sent later carried it", at(*events.begin()));
}

bool sink_lanes_checker::newer_delivered(const sim_disk& disk, const sim_event& event) const {
  for (const auto i : by_ticket_.at(event.ticket)) {
    const auto& other = history[i];
    if (other.offset > event.offset && other.wanted && decided(disk, other.offset) && waiting(disk, other) == nullptr &&
        !disk.dead.contains(other.offset) && !discarded_.contains(other.offset))
      return true;
  }
  return false;
}

bool sink_lanes_checker::newer_in_flight(const sim_event& event) const {
  for (const auto& [id, delivery] : in_flight_)
    for (const auto position : delivery.open)
      if (!delivery.before_seek && !delivery.sent.background &&
          delivery.sent.events[position].ticket_id == event.ticket &&
          delivery.sent.events[position].offset.value > event.offset)
        return true;
  return false;
}

} // namespace cxstream::sim
