#include "sim/delivery_gate_world.hpp"

#include <algorithm>
#include <set>

namespace cxstream::sim {

using namespace std::chrono_literals;
using ports::delivery_result;

void delivery_gate_tally::add(const delivery_gate_tally& other) {
  offered += other.offered;
  calls += other.calls;
  merged += other.merged;
  openings += other.openings;
  closings += other.closings;
  probes += other.probes;
  throttles += other.throttles;
  unreachable += other.unreachable;
  spent += other.spent;
  skipped += other.skipped;
  withdrawn += other.withdrawn;
  refused += other.refused;
  affine += other.affine;
  background += other.background;
  budgets_spent += other.budgets_spent;
  rate_waits += other.rate_waits;
  shrunk += other.shrunk;
}

delivery_gate_world::delivery_gate_world(std::uint64_t seed, const delivery_gate_mutant* mutant)
    : dice_(seed), mutant_(mutant), limits_{dice_.between(1, 8), dice_.between(1, 4), dice_.between(1, 20)},
      policy_{static_cast<std::uint32_t>(dice_.between(1, 10)), static_cast<std::uint32_t>(dice_.between(1, 3)), 3, 1s,
              1min},
      tickets_(dice_.between(1, 30)), accounts_(dice_.chance(0.4) ? dice_.between(1, 8) : 0),
      poisoned_(dice_.chance(0.5) ? 0.0 : 0.3 * dice_.unit()), mood_swing_(0.03 * dice_.unit()),
      gate_(limits_, policy_), checker_(limits_, policy_) {
  limits_.concurrency_min = dice_.chance(0.5) ? dice_.between(1, limits_.concurrency) : 0;
  limits_.one_event_a_ticket = dice_.chance(0.3);
  if (dice_.chance(0.3))
    limits_.allowance.requests_per_second = static_cast<double>(dice_.between(2, 40));
  if (dice_.chance(0.2))
    limits_.allowance.calls_per_day = dice_.between(20, 200);
  gate_ = protocols::delivery_gate(limits_for_gate(), policy_);
  checker_ = delivery_gate_checker(limits_, policy_);
}

protocols::gate_limits delivery_gate_world::limits_for_gate() const {
  using enum delivery_gate_mutant::owner;
  auto limits = limits_;
  if (owner_is(forgets_doubles))
    limits.one_event_a_ticket = false;
  if (owner_is(forgets_rate))
    limits.allowance.requests_per_second = 0;
  if (owner_is(forgets_budget))
    limits.allowance.calls_per_day = 0;
  return limits;
}

// Now and then a ticket is another account's.
std::string delivery_gate_world::affinity_of(std::uint64_t number, std::uint64_t sequence) const {
  if (accounts_ == 0 || number % 5 == 4)
    return {};
  return "account " + std::to_string((number + sequence / 7) % accounts_);
}

void delivery_gate_world::call(const std::function<void(protocols::gate_effects&)>& what) {
  protocols::gate_effects fx;
  what(fx);
  if (mutant_ != nullptr && mutant_->corrupt)
    mutant_->corrupt(fx, dice_);
  for (const auto& answer : fx.answers)
    take_back(answer);
  for (const auto& made : fx.calls) {
    ++tally_.calls;
    checker_.called(made, now_);
    calls_.push_back(made);
  }
  if (fx.state) {
    tally_.openings += *fx.state == ports::breaker_state::open ? 1 : 0;
    tally_.closings += *fx.state == ports::breaker_state::closed ? 1 : 0;
    tally_.probes += *fx.state == ports::breaker_state::half_open ? 1 : 0;
  }
  tally_.budgets_spent += gate_.held(now_) == protocols::held_by::budget ? 1 : 0;
  tally_.rate_waits += gate_.held(now_) == protocols::held_by::rate ? 1 : 0;
  tally_.shrunk += gate_.concurrency() < limits_.concurrency ? 1 : 0;
  if (gate_.batches() > limits_.queue_batches_max)
    throw broken_promise("P8: " + std::to_string(gate_.batches()) + " batches inside");
}

// What came back is settled, or will be offered again.
void delivery_gate_world::take_back(const protocols::gate_answer& answer) {
  checker_.given_back(answer);
  for (const auto& [position, outcome] : answer.events) {
    const auto& event = batches_.at(answer.delivery_id).at(position);
    auto& t = state_[std::stoull(event.ticket_id)];
    --t.inside;
    const bool spent = outcome.result == delivery_result::transient;
    tally_.spent += spent ? 1 : 0;
    tally_.skipped += outcome.result == delivery_result::skipped ? 1 : 0;
    if (outcome.result == delivery_result::skipped || (spent && ++t.attempts < 4))
      continue;
    t.attempts = 0;
    t.next = event.sequence.value + 1;
  }
}

void delivery_gate_world::offer() {
  protocols::offered_batch batch;
  batch.partition = base::partition_id{static_cast<std::uint16_t>(dice_.below(4))};
  batch.delivery_id = ++deliveries_;
  batch.background = dice_.chance(0.1);
  tally_.background += batch.background ? 1 : 0;
  const auto wanted = dice_.between(1, limits_.batch_events_max);
  std::set<std::uint64_t> chosen;
  while (batch.events.size() < wanted && dice_.chance(0.9)) {
    const auto number = dice_.below(tickets_);
    auto& t = state_[number];
    if (t.inside > 0 || !chosen.insert(number).second)
      continue;
    const auto room = std::min<std::uint64_t>(wanted - batch.events.size(), dice_.between(1, 3));
    for (std::uint64_t i = 0; i < room; ++i) {
      batch.events.push_back({batch.partition, base::log_offset{t.next + i}, base::ticket_sequence{t.next + i},
                              std::to_string(number), "event", i == 0 ? t.attempts + 1 : 1, false,
                              affinity_of(number, t.next + i)});
      tally_.affine += batch.events.back().affinity.empty() ? 0 : 1;
    }
  }
  if (batch.events.empty())
    return;
  const auto events = batch.events;
  checker_.offered(batch);
  batches_[batch.delivery_id] = events;
  for (const auto& event : events)
    ++state_[std::stoull(event.ticket_id)].inside;
  if (owner_is(delivery_gate_mutant::owner::forgets_affinity))
    for (auto& event : batch.events)
      event.affinity.clear();
  bool taken = false;
  call([&](auto& fx) {
    // The copy is for the case that it is refused: then nothing may have been touched.
    taken = gate_.offer(std::move(batch), now_, fx);
  });
  if (taken) {
    ++tally_.offered;
    return;
  }
  ++tally_.refused;
  if (batch.events.size() != events.size())
    throw broken_promise("a refused batch was touched");
  protocols::gate_answer back{batch.partition, batch.delivery_id, {}};
  for (std::uint32_t i = 0; i < events.size(); ++i)
    back.events.push_back({i, {delivery_result::skipped, {}, std::nullopt}});
  checker_.withdrawn();
  take_back(back);
}

ports::delivery_outcome delivery_gate_world::outcome_of(const ports::delivery& event) {
  const auto answered = [](delivery_result how, std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
    return ports::delivery_outcome{how, how == delivery_result::delivered ? "" : "the target failed", retry_after};
  };
  switch (mood_) {
    case mood::unreachable:
      ++tally_.unreachable;
      return answered(delivery_result::unreachable);
    case mood::failing:
      return answered(delivery_result::transient);
    case mood::throttling:
      if (!dice_.chance(0.6))
        break;
      ++tally_.throttles;
      return answered(delivery_result::throttled, dice_.chance(0.7) ? std::optional{2500ms} : std::nullopt);
    case mood::well:
      break;
  }
  const auto number = std::stoull(event.ticket_id);
  if (static_cast<double>(number) < poisoned_ * static_cast<double>(tickets_))
    return answered(number % 3 == 2 ? delivery_result::unreachable : delivery_result::transient);
  return answered(dice_.chance(0.03) ? delivery_result::permanent : delivery_result::delivered);
}

std::vector<ports::delivery_outcome> delivery_gate_world::outcomes_of(const std::vector<ports::delivery>& events) {
  std::vector<ports::delivery_outcome> outcomes;
  std::set<std::string> stumbled;
  for (const auto& event : events) {
    if (stumbled.contains(event.ticket_id)) {
      outcomes.push_back({delivery_result::skipped, {}, std::nullopt});
      continue;
    }
    outcomes.push_back(outcome_of(event));
    if (outcomes.back().result != delivery_result::delivered)
      stumbled.insert(event.ticket_id);
  }
  // A connector that forgets some.
  if (stumbled.empty() && dice_.chance(0.01))
    outcomes.pop_back();
  return outcomes;
}

void delivery_gate_world::answer() {
  if (calls_.empty())
    return;
  const auto chosen = dice_.below(calls_.size());
  const auto made = calls_[chosen];
  calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(chosen));
  std::set<std::uint64_t> batches;
  for (const auto& event : *made.events)
    batches.insert(event.partition.value);
  tally_.merged += batches.size() > 1 ? 1 : 0;
  const auto outcomes = outcomes_of(*made.events);
  checker_.target_answered(made.id, outcomes, now_);
  call([&](auto& fx) { gate_.on_answer(made.id, outcomes, now_, dice_.unit(), fx); });
}

void delivery_gate_world::let_time_pass() {
  const auto hurry = mutant_ != nullptr ? mutant_->hurries : base::duration::zero();
  const auto due = gate_.next_due();
  if (due && dice_.chance(0.7))
    now_ = std::max(now_, *due - hurry);
  else
    now_ += base::duration{dice_.below(300'000)};
  call([&](auto& fx) { gate_.on_timer(now_ + hurry, fx); });
}

void delivery_gate_world::withdraw() {
  ++tally_.withdrawn;
  checker_.withdrawn();
  call([this](auto& fx) { gate_.withdraw(base::partition_id{static_cast<std::uint16_t>(dice_.below(4))}, fx); });
}

void delivery_gate_world::step() {
  if (dice_.chance(mood_swing_))
    mood_ = static_cast<mood>(dice_.below(4));
  if (offering_ && dice_.chance(0.01))
    return withdraw();
  switch (dice_.below(offering_ ? 5 : 3)) {
    case 0:
    case 1:
      return answer();
    case 2:
      return let_time_pass();
    default:
      return offer();
  }
}

void delivery_gate_world::run() {
  const auto steps = dice_.between(100, 1'500);
  for (std::uint64_t i = 0; i < steps; ++i)
    step();
  // The target is well again, and every ticket with it: all that is inside comes back.
  mood_swing_ = 0;
  mood_ = mood::well;
  poisoned_ = 0;
  offering_ = false;
  for (int i = 0; i < 5'000 && !checker_.nothing_inside(); ++i)
    step();
  if (!checker_.nothing_inside())
    throw broken_promise("an event never comes back although the target is well");
  if (gate_.batches() != 0 || gate_.calls_in_flight() != 0)
    throw broken_promise("the gate keeps what was answered");
}

} // namespace cxstream::sim
