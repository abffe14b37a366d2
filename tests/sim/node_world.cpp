#include "sim/node_world.hpp"

#include "sim/node_outside.hpp"
#include "sim/sink_lanes_checker.hpp" // broken_promise

#include "support/event_maker.hpp"

namespace cxstream::sim {

using support::memory_store;
using namespace std::chrono_literals;

void node_tally::add(const node_tally& o) {
  events += o.events;
  accepted += o.accepted;
  duplicates += o.duplicates;
  conflicts += o.conflicts;
  rejected += o.rejected;
  late += o.late;
  crashes += o.crashes;
  power_failures += o.power_failures;
  disk_failures += o.disk_failures;
  failed_streams += o.failed_streams;
  target_failures += o.target_failures;
  retries += o.retries;
  taken_again += o.taken_again;
  requeued += o.requeued;
  refused += o.refused;
  discarded += o.discarded;
  proofs += o.proofs;
  pauses += o.pauses;
  away += o.away;
  consumer_left += o.consumer_left;
  consumer_refused += o.consumer_refused;
}

node_world::node_world(std::uint64_t seed, const node_mutant* mutant)
    : dice_(seed), mutant_(mutant), tickets_(dice_.between(2, 12)), events_left_(dice_.between(60, 260)) {
  checker_.on_record = [this](const std::string& sink, const std::string& ticket, std::uint64_t offset) {
    return on_record(sink, ticket, offset);
  };
  const auto harshness = dice_.unit();
  faults_ = {0.004 * harshness, 0.002 * dice_.unit(), 0.01, 0.01};
  natures_["steady"] = {"steady", 0.05 * harshness, 0.01 * dice_.unit(), 0.03 * harshness, 0, 0.03 * harshness};
  natures_["moody"] = {"moody", 0.5 * dice_.unit(), 0.06 * dice_.unit(), 0.3 * dice_.unit(), 0.1, 0.1};
  natures_["slow"] = {"slow", 0.02, 0, 0.05, 0.6, 0};
  natures_["down"] = {"down"};
  natures_["down"].down = true;
  if (mutant_ != nullptr) {
    natures_["steady"].lies = mutant_->target_lies;
    natures_["steady"].reverses = mutant_->target_reverses;
  }
  settings_.live_tickets_max = static_cast<std::uint32_t>(settings_.partitions * dice_.between(1, 4));
  settings_.checkpoint_every = std::chrono::milliseconds{dice_.between(500, 4'000)};
  settings_.seed = seed;
  for (int i = 0; i < 2; ++i)
    sources_.push_back(std::make_shared<source>(checker_, mutant_ != nullptr && mutant_->acknowledges_early));
  consumer_ = std::make_shared<consumer>(checker_);
  start_node();
}

node_world::~node_world() {
  for (const auto& s : sources_)
    s->session.reset();
  consumer_->leave();
  process_.reset();
}

std::vector<actors::sink_setup> node_world::sinks(const std::shared_ptr<life>& node_life) {
  std::vector<actors::sink_setup> out;
  for (auto& [name, nature] : natures_) {
    actors::sink_setup setup;
    setup.config.name = name;
    setup.config.retry = {100ms, 2s, 2.0, 0.2, 4};
    setup.config.breaker = {3, 200ms, 2s};
    setup.config.in_flight_events_max = 16;
    setup.config.lanes_max = 5;
    if (name == "steady")
      setup.config.filter.add_event_types("ticket.updated");
    setup.traits.batch_events_max = name == "slow" ? 1 : 8;
    setup.traits.concurrency = name == "moody" ? 3 : 1;
    setup.make_target = [this, &nature, node_life]() -> base::result<std::unique_ptr<ports::target>> {
      return std::unique_ptr<ports::target>(new node_target(nature, checker_, dice_, node_life));
    };
    out.push_back(std::move(setup));
  }
  return out;
}

void node_world::start_node() {
  const auto tap = [this](ports::write_batch& batch, ports::durability& how) -> std::optional<base::result<void>> {
    if (mutant_ != nullptr && mutant_->on_write)
      mutant_->on_write(batch, how, dice_);
    return std::nullopt;
  };
  process_ = std::make_unique<node_process>(
      store_, tap, clock_, [this](const std::shared_ptr<life>& l) { return sinks(l); }, settings_);
  for (const auto& s : sources_)
    s->connect(process_->node(), process_->its_life());
}

// What the sources were told, what targets took and what is in the store is all that remains.
void node_world::crash() {
  const bool power = dice_.chance(0.4);
  const auto dead_before = dead_places();
  process_->its_life()->over = true;
  for (const auto& s : sources_)
    s->session.reset();
  consumer_->leave();
  end_process();
  store_.crash_now(power ? memory_store::crash::power_fails : memory_store::crash::process_dies,
                   dice_.below(store_.unsynced() + 1));
  if (power) { // what is not fsynced by design: the operator's and the sinks' knowledge of dead letters
    for (const auto& places : {dead_before, dead_places()})
      for (const auto& [sink, events] : places)
        for (const auto& e : events)
          checker_.exempt(sink, e);
  }
  ++(power ? tally_.power_failures : tally_.crashes);
  start_node();
  check_tickets();
  check_letters();
}

void node_world::end_process() {
  const bool ended = process_->end();
  process_.reset();
  if (!ended)
    throw broken_promise("actors of the node do not end");
}

void node_world::judge() const {
  if (process_ && process_->restless())
    throw broken_promise("the actors never come to rest");
  if (!checker_.broken().empty())
    throw broken_promise(checker_.broken());
}

made_event node_world::make_event() {
  const auto again = dice_.below(100);
  if (!past_.empty() && again < 18)
    return past_[dice_.below(past_.size())];
  made_event e{"ticket " + std::to_string(dice_.skewed_below(tickets_)), "key " + std::to_string(++made_), "a", ""};
  if (!past_.empty() && again < 24) { // an old key with other content
    e = past_[dice_.below(past_.size())];
    e.variant = "variant " + std::to_string(++made_);
  } else if (again < 27) {
    e.ticket.clear();
  }
  auto event = support::plain_event(e.ticket, e.key, -3'600 + static_cast<std::int64_t>(made_ + dice_.below(20)));
  event.set_agent_id(e.variant);
  if (dice_.chance(0.2))
    event.set_event_type("ticket.noise");
  if (dice_.chance(0.5))
    event.set_status("status " + std::to_string(dice_.below(9)));
  if (dice_.chance(0.3))
    event.set_account_id("account " + std::to_string(dice_.below(3)));
  e.bytes = event.SerializeAsString();
  if (!e.ticket.empty()) {
    past_.push_back(e);
    seen_tickets_.insert(e.ticket);
  }
  return e;
}

void node_world::submit() {
  auto& s = *sources_[dice_.below(sources_.size())];
  if (s.failed) {
    s.connect(process_->node(), process_->its_life());
    return;
  }
  if (events_left_ == 0 || s.unanswered.size() > 4)
    return;
  std::vector<made_event> batch;
  for (auto n = std::min(events_left_, dice_.between(1, 8)); n > 0; --n, --events_left_)
    batch.push_back(make_event());
  tally_.events += batch.size();
  s.send(std::move(batch));
}

void node_world::connect_consumer() {
  v1::StartSubscription start;
  start.set_name("reader");
  start.set_start_at(v1::EARLIEST);
  start.set_credit_events(static_cast<std::uint32_t>(dice_.between(1, 20)));
  consumer_->node_life = process_->its_life();
  process_->node().subscribers().open(
      start, std::shared_ptr<ports::subscriber_listener>(std::shared_ptr<void>{}, consumer_.get()),
      [c = consumer_, l = process_->its_life()](auto opened) {
        if (opened && !l->over)
          c->session = std::move(*opened);
      });
}

void node_world::consume() {
  auto& c = *consumer_;
  if (!c.session) {
    connect_consumer();
    return;
  }
  if (!quiet_ && dice_.chance(0.05)) {
    ++tally_.consumer_left;
    c.leave();
    return;
  }
  if (c.in_hand.empty())
    return;
  const auto place = [](auto& to, const auto& from) {
    to.set_partition(from.first);
    to.set_offset(from.second);
  };
  if (!quiet_ && dice_.chance(0.1)) {
    ++tally_.consumer_refused;
    v1::NackEvents nack;
    place(*nack.add_events(), c.in_hand[dice_.below(c.in_hand.size())]);
    nack.set_permanent(dice_.chance(0.2));
    c.session->nack(nack);
    return;
  }
  v1::AckEvents ack;
  for (auto n = dice_.between(1, c.in_hand.size()); n > 0; --n) {
    place(*ack.add_up_to(), c.in_hand.front());
    c.in_hand.pop_front();
  }
  c.session->ack(ack);
}

void node_world::let_time_pass() {
  process_->pass(std::chrono::milliseconds{dice_.between(1, dice_.chance(0.1) ? 3'000 : 200)});
}

void node_world::break_the_disk() {
  store_.fail_writes(dice_.chance(0.5) ? base::error_code::resource_exhausted : base::error_code::io,
                     static_cast<int>(dice_.between(1, 3)), dice_.below(4),
                     dice_.chance(0.5) ? memory_store::failure::refuses : memory_store::failure::leaves_visible);
  ++tally_.disk_failures;
}

void node_world::step() {
  if (dice_.chance(0.8) && process_->step(dice_)) {
  } else if (const auto what = dice_.below(10); what < 3) {
    submit();
  } else if (what < 5) {
    consume();
  } else {
    let_time_pass();
  }
  if (dice_.chance(faults_.flush))
    store_.flush();
  if (!quiet_ && dice_.chance(faults_.disk))
    break_the_disk();
  if (!quiet_ && dice_.chance(faults_.crash) && !process_->its_life()->writes_left)
    process_->its_life()->writes_left = dice_.below(6); // in the middle of whatever comes
  if (process_->its_life()->over)
    crash();
  if (dice_.chance(faults_.operators))
    operate();
  judge();
}

void node_world::run() {
  const auto steps = dice_.between(1'000, 4'000);
  for (std::uint64_t i = 0; i < steps || events_left_ > 0; ++i) {
    if (i > 200'000)
      throw broken_promise("the sources do not get rid of their events");
    step();
  }
  quieten();
  run_until_all_is_delivered();
  check_everything("when all was delivered");
  for (const auto& s : sources_)
    s->session.reset();
  consumer_->leave();
  process_->stop();
  end_process();
  store_.crash_now(memory_store::crash::process_dies);
  start_node();
  check_everything("after a restart");
  tally_.accepted = checker_.accepted;
  tally_.duplicates = checker_.duplicates;
  tally_.conflicts = checker_.conflicts;
  tally_.rejected = checker_.rejected;
  tally_.taken_again = checker_.taken_again;
  for (const auto& [name, nature] : natures_) {
    tally_.target_failures += nature.failures;
    tally_.retries += nature.retries;
    tally_.away += nature.away;
  }
  for (const auto& s : sources_)
    tally_.failed_streams += s->failures;
}

void node_world::quieten() {
  if (process_->its_life()->over)
    crash();
  quiet_ = true;
  process_->its_life()->writes_left.reset();
  for (auto& [name, nature] : natures_) {
    nature.transient = nature.permanent = nature.unreachable = nature.throttled = nature.answer_lost = 0;
    nature.down = false;
  }
}

void node_world::run_until_all_is_delivered() {
  for (int round = 0; round < 3'000; ++round) {
    process_->settle(dice_);
    for (const auto& s : sources_)
      if (s->failed)
        s->connect(process_->node(), process_->its_life());
    consume();
    process_->settle(dice_);
    process_->pass(500ms);
    process_->settle(dice_);
    judge();
    if (round % 8 == 7) {
      give_up_or_requeue();
      if (all_is_delivered())
        return;
    }
  }
  throw broken_promise("P7: not everything is delivered although nothing fails any more");
}

} // namespace cxstream::sim
