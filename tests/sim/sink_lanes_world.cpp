#include "sim/sink_lanes_world.hpp"

#include <algorithm>

namespace cxstream::sim {

using namespace std::chrono_literals;
using ports::delivery_result;

void sink_lanes_tally::add(const sink_lanes_tally& other) {
  events += other.events;
  crashes += other.crashes;
  sent += other.sent;
  retries += other.retries;
  dead += other.dead;
  waited += other.waited;
  loads += other.loads;
  requeued += other.requeued;
  requeued_older += other.requeued_older;
  refused_superseded += other.refused_superseded;
  discarded += other.discarded;
  seeks += other.seeks;
  pauses += other.pauses;
  coalesced += other.coalesced;
  coalesced_waiting += other.coalesced_waiting;
  replayed += other.replayed;
  replays_busy += other.replays_busy;
}

sink_lanes_world::sink_lanes_world(std::uint64_t seed, const sink_lanes_mutant* mutant)
    : dice_(seed), mutant_(mutant), limits_{static_cast<std::uint32_t>(dice_.between(1, 40)),
                                            static_cast<std::uint32_t>(dice_.between(1, 12)),
                                            static_cast<std::uint32_t>(dice_.between(1, 6)),
                                            static_cast<std::uint32_t>(dice_.between(1, 4)),
                                            dice_.chance(0.3),
                                            dice_.chance(0.5)},
      retry_{{500ms, 20s, 2.0, 0.2}, static_cast<std::uint32_t>(dice_.between(1, 6))}, checker_(limits_, retry_) {
  // Harsh faults find planted defects sooner; only mild ones let correct code get far.
  const double harsh = dice_.chance(0.5) ? 1.0 : 0.15;
  faults_ = {0.4 * harsh * dice_.unit(), 0.1 * harsh * dice_.unit(),  0.3 * harsh * dice_.unit(),
             0.1 * harsh * dice_.unit(), 0.03 * harsh * dice_.unit(), 0.1 * harsh * dice_.unit()};
  tickets_ = dice_.between(1, 25);
  for (std::uint64_t t = 0; t < tickets_; ++t)
    if (dice_.chance(faults_.poisoned_ticket))
      poisoned_.insert("t" + std::to_string(t));
  append(dice_.between(0, 60));
  restart();
}

void sink_lanes_world::append(std::uint64_t events) {
  for (std::uint64_t i = 0; i < events; ++i) {
    if (dice_.chance(0.1))
      ++log_end_; // an entry without effect
    sim_event event;
    event.offset = log_end_++;
    event.ticket = "t" + std::to_string(dice_.skewed_below(tickets_));
    event.sequence = ++sequences_[event.ticket];
    event.wanted = !dice_.chance(0.15);
    event.poisoned = dice_.chance(faults_.permanent);
    event.late = event.sequence > 1 && dice_.chance(0.25);
    checker_.append(std::move(event));
    ++tally_.events;
  }
}

void sink_lanes_world::restart() {
  auto limits = limits_;
  limits.coalesce |= owner_is(sink_lanes_mutant::owner::always_coalesces);
  machine_.emplace(base::partition_id{7}, limits, retry_, disk_.cursor,
                   owner_is(sink_lanes_mutant::owner::forgets_lanes) ? std::vector<protocols::restored_lane>{}
                                                                     : disk_.lanes());
  call([this](auto& fx) { machine_->on_due(now_, fx); });
}

void sink_lanes_world::call(const std::function<void(protocols::sink_effects&)>& what) {
  protocols::sink_effects fx;
  what(fx);
  if (mutant_ != nullptr && mutant_->corrupt)
    mutant_->corrupt(fx, disk_, dice_);
  if (machine_->events_in_memory() > limits_.in_flight_events_max + std::max(1u, limits_.in_flight_events_max / 4))
    throw broken_promise("P8: " + std::to_string(machine_->events_in_memory()) + " events in memory");
  if (machine_->lanes() > limits_.lanes_max + limits_.in_flight_events_max)
    throw broken_promise("P8: " + std::to_string(machine_->lanes()) + " lanes");
  for (auto& write : fx.writes)
    gathered_.writes.push_back(std::move(write));
  checker_.replayed(fx.replays);
  if (fx.cursor)
    gathered_.cursor = std::move(fx.cursor);
  for (auto& delivery : fx.deliveries)
    gathered_.deliveries.push_back(std::move(delivery));
  for (auto& load : fx.loads)
    gathered_.loads.push_back(std::move(load));
  if (dice_.chance(0.8))
    flush();
}

bool sink_lanes_world::flush() {
  const auto maybe_crash = [this] {
    if (quiet_ || !dice_.chance(faults_.crash))
      return false;
    crash();
    return true;
  };
  auto fx = std::move(gathered_);
  gathered_ = {};
  const bool early = owner_is(sink_lanes_mutant::owner::sends_before_writing);
  if (early)
    send(fx);
  if (maybe_crash())
    return false;
  for (const auto& write : fx.writes) {
    tally_.dead += std::holds_alternative<protocols::put_dead_letter>(write) ? 1 : 0;
    tally_.waited += std::holds_alternative<protocols::put_waiting>(write) ? 1 : 0;
  }
  if (fx.cursor && fx.cursor->coalesced() > disk_.cursor.coalesced()) {
    const auto more = fx.cursor->coalesced() - disk_.cursor.coalesced();
    tally_.coalesced += more;
    for (const auto& write : fx.writes)
      tally_.coalesced_waiting += std::holds_alternative<protocols::erase_waiting>(write) ? 1 : 0;
  }
  disk_.apply(fx);
  if (seek_unwritten_)
    checker_.sought(*seek_unwritten_);
  seek_unwritten_.reset();
  checker_.written(disk_);
  if (maybe_crash())
    return false;
  if (!early)
    send(fx);
  return true;
}

void sink_lanes_world::send(const protocols::sink_effects& fx) {
  for (const auto& delivery : fx.deliveries) {
    checker_.delivery_sent(delivery, disk_, now_);
    in_flight_.push_back({delivery, 0, {}});
    for (const auto& event : delivery.events) {
      ++tally_.sent;
      tally_.retries += event.attempt > 1 ? 1 : 0;
    }
  }
  for (const auto& load_asked : fx.loads) {
    ++tally_.loads;
    loads_.push_back({load_asked, dice_.chance(0.5) ? load(load_asked) : std::nullopt});
  }
}

void sink_lanes_world::crash() {
  ++tally_.crashes;
  // The target may have taken what nobody will hear of.
  for (auto& delivery : in_flight_)
    while (dice_.chance(0.6) && delivery.answered < delivery.sent.events.size()) {
      const auto& event = delivery.sent.events[delivery.answered++];
      if (outcome_of(delivery, event).result == delivery_result::delivered)
        checker_.target_took(delivery.sent.id, event);
    }
  in_flight_.clear();
  loads_.clear();
  page_.reset();
  seek_unwritten_.reset();
  gathered_ = {};
  checker_.crashed();
  restart();
}

void sink_lanes_world::read() {
  const auto demand = machine_->demand();
  if (page_ || !demand)
    return;
  protocols::history_page page{demand->from, {}, base::log_offset{log_end_}};
  for (const auto& event : checker_.history) {
    if (event.offset < demand->from.value)
      continue;
    if (page.events.size() == demand->events_max || dice_.chance(0.05)) {
      page.next = base::log_offset{event.offset};
      break;
    }
    page.events.push_back({base::log_offset{event.offset}, base::ticket_sequence{event.sequence}, event.ticket,
                           event.wanted ? event.bytes() : std::string{}, event.wanted,
                           event.late && !owner_is(sink_lanes_mutant::owner::knows_no_lateness)});
  }
  page_ = std::move(page);
}

void sink_lanes_world::answer_page() {
  if (!page_)
    return;
  auto page = std::move(*page_);
  page_.reset();
  call([&](auto& fx) { machine_->on_history(std::move(page), now_, fx); });
}

ports::delivery_outcome sink_lanes_world::outcome_of(in_flight& delivery, const ports::delivery& event) {
  if (delivery.stumbled.contains(event.ticket_id))
    return {delivery_result::skipped, {}, std::nullopt};
  const auto fail = [&](delivery_result how, std::optional<std::chrono::milliseconds> retry_after) {
    delivery.stumbled.insert(event.ticket_id);
    return ports::delivery_outcome{how, "the target failed", retry_after};
  };
  if (checker_.at(event.offset.value).poisoned)
    return fail(delivery_result::permanent, std::nullopt);
  if (poisoned_.contains(event.ticket_id))
    return fail(delivery_result::transient, std::nullopt);
  if (!quiet_ && dice_.chance(faults_.give_back))
    return fail(delivery_result::skipped, std::nullopt);
  if (!quiet_ && dice_.chance(faults_.transient))
    return fail(delivery_result::transient, dice_.chance(0.2) ? std::optional{30s} : std::nullopt);
  return {delivery_result::delivered, {}, std::nullopt};
}

void sink_lanes_world::answer_delivery() {
  if (in_flight_.empty())
    return;
  const auto chosen = dice_.below(in_flight_.size());
  auto& delivery = in_flight_[chosen];
  const auto id = delivery.sent.id;
  const auto left = delivery.sent.events.size() - delivery.answered;
  const auto some = dice_.chance(0.7) ? left : dice_.between(1, left);
  std::vector<protocols::settled_event> outcomes;
  for (std::uint64_t i = 0; i < some; ++i) {
    const auto position = delivery.answered++;
    const auto& event = delivery.sent.events[position];
    outcomes.push_back({position, outcome_of(delivery, event)});
    if (outcomes.back().outcome.result == delivery_result::delivered)
      checker_.target_took(id, event);
    checker_.told(id, position, outcomes.back().outcome, now_);
  }
  if (delivery.answered == delivery.sent.events.size())
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(chosen));
  call([&](auto& fx) { machine_->on_outcomes(id, outcomes, now_, dice_.unit(), fx); });
}

std::optional<protocols::loaded_event> sink_lanes_world::load(const protocols::load_waiting& asked) const {
  const auto found = disk_.waiting.lower_bound({asked.ticket_id, asked.from.value});
  if (found == disk_.waiting.end() || found->first.first != asked.ticket_id)
    return std::nullopt;
  const auto& event = checker_.at(found->first.second);
  return protocols::loaded_event{base::log_offset{event.offset}, base::ticket_sequence{event.sequence}, event.bytes(),
                                 found->second};
}

void sink_lanes_world::answer_load() {
  if (loads_.empty())
    return;
  const auto chosen = dice_.below(loads_.size());
  auto answer = std::move(loads_[chosen]);
  loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(chosen));
  auto found = answer.found ? answer.found : load(answer.asked);
  if (!found)
    call([&](auto& fx) { machine_->on_nothing_waiting(answer.asked.id, now_, fx); });
  else if (!quiet_ && dice_.chance(faults_.permanent * 0.3))
    call([&](auto& fx) {
      machine_->on_unreadable(answer.asked.id, found->offset, found->entry, "history lost", now_, fx);
    });
  else
    call([&](auto& fx) { machine_->on_loaded(answer.asked.id, std::move(*found), now_, fx); });
}

void sink_lanes_world::let_time_pass() {
  const auto due = machine_->next_due();
  now_ += dice_.chance(0.5) ? base::duration{dice_.below(200'000)} : base::duration::zero();
  if (due)
    now_ = std::max(now_, *due);
  call([this](auto& fx) { machine_->on_due(now_, fx); });
}

void sink_lanes_world::step() {
  if (machine_->paused() && dice_.chance(0.2))
    return call([this](auto& fx) { machine_->resume(now_, fx); });
  if (!quiet_ && dice_.chance(faults_.operators))
    return operate();
  switch (dice_.below(6)) {
    case 0:
      return read();
    case 1:
      return answer_page();
    case 2:
    case 3:
      return answer_delivery();
    case 4:
      return answer_load();
    default:
      return let_time_pass();
  }
}

bool sink_lanes_world::idle() {
  return !gathered_.must_write() && gathered_.deliveries.empty() && gathered_.loads.empty() && in_flight_.empty() &&
         loads_.empty() && !page_ && disk_.waiting.empty() && machine_->read_to().value >= log_end_ &&
         machine_->next_offset().value >= log_end_;
}

void sink_lanes_world::run_until_quiet(const std::string& what) {
  for (int i = 0; i < 200'000; ++i) {
    if (idle())
      return;
    if (dice_.chance(0.3))
      flush();
    step();
  }
  checker_.nothing_left(disk_);
  throw broken_promise("it never comes to rest " + what);
}

// P5: what waits for a poisoned ticket holds up no other ticket.
void sink_lanes_world::check_others_flow() {
  if (poisoned_.size() >= limits_.lanes_max)
    return;
  for (int i = 0; i < 60'000; ++i) {
    const bool flows = machine_->read_to().value >= log_end_ && machine_->next_offset().value >= log_end_ &&
                       std::all_of(disk_.waiting.begin(), disk_.waiting.end(),
                                   [&](const auto& w) { return poisoned_.contains(w.first.first); });
    if (flows && !gathered_.must_write())
      return;
    step();
  }
  throw broken_promise("P5: poisoned tickets hold up others");
}

void sink_lanes_world::run() {
  const auto steps = dice_.between(50, 900);
  for (std::uint64_t i = 0; i < steps; ++i)
    step();
  quiet_ = true;
  check_others_flow();
  poisoned_.clear();
  run_until_quiet("although the target is well again");
  checker_.nothing_left(disk_);
}

} // namespace cxstream::sim
