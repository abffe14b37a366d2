#include "actors/replay/replay.hpp"

#include "ports/keys.hpp"
#include "protocols/replay_selection.hpp"

namespace cxstream::actors {

namespace {

// Longer than a delivery usually takes; what is not answered by then is sent again, while the sink still holds the
// first.
constexpr std::chrono::seconds answer_timeout{120};
constexpr std::chrono::seconds written_every{1};

protocols::replay_outcome outcome_of(const settled& s) {
  using enum ports::delivery_result;
  using protocols::replay_result;
  switch (s.result) {
    case delivered:
      return {replay_result::delivered, {}};
    case permanent:
    case unfit:
      return {replay_result::refused, s.reason};
    case skipped:
      return {replay_result::busy, {}};
    default:
      return {replay_result::failed, s.reason};
  }
}

} // namespace

replay_actor::behavior_type replay_state::start(replay_config config) {
  config_.emplace(std::move(config));
  random_.seed(config_->seed);
  run_.emplace(config_->job, config_->limits, config_->clock.now());
  self_->send(self_, tick_atom_v);
  return {
      [this](tick_atom) { tick(); },
      [this](const ask_counts&) { return status(); },
      [this](const control_replay& wish) { return control(wish); },
      [this](stop_atom) { return stop(); },
  };
}

void replay_state::tick() {
  timer_at_.reset();
  protocols::replay_effects fx;
  run_->pump(config_->clock.now(), fx);
  carry_out(fx);
}

void replay_state::carry_out(protocols::replay_effects& fx) {
  while (!fx.reads.empty()) {
    protocols::replay_effects more;
    for (const auto& wish : fx.reads)
      read(wish, more);
    for (auto& wish : fx.sends)
      send(wish);
    fx = std::move(more);
  }
  for (auto& wish : fx.sends)
    send(wish);
  const auto now = config_->clock.now();
  if (run_->over() && !told_over_) {
    told_over_ = true;
    if (write(ports::durability::synced))
      config_->on_over(run_->job());
  } else if (now - written_at_ >= written_every) {
    (void)write(ports::durability::buffered);
  }
  set_timer();
}

void replay_state::read(const protocols::replay_effects::read& wish, protocols::replay_effects& fx) {
  const auto now = config_->clock.now();
  auto run =
      protocols::read_history(config_->store, wish.partition, wish.from, wish.end, config_->limits.chunk_events_max);
  if (!run) {
    run_->on_unreadable(wish.partition, run.err().message, now);
    return;
  }
  std::vector<protocols::history_item> selected;
  std::uint64_t looked_at = 0;
  protocols::replay_sieve sieve(run_->job().selection(), config_->filter);
  for (auto& item : run->items) {
    if (item.offset >= wish.end)
      break;
    ++looked_at;
    if (sieve.takes(item.event))
      selected.push_back(std::move(item));
  }
  const auto next = run->next_offset > wish.from ? std::min(run->next_offset, wish.end) : wish.end;
  run_->on_page(wish.partition, looked_at, std::move(selected), next, now, fx);
}

void replay_state::send(protocols::replay_effects::send& wish) {
  const auto partition = wish.partition;
  self_
      ->request(config_->sink.at(partition.value), answer_timeout,
                replay_events{std::move(wish.events), run_->job().allow_history()})
      .then([this, partition](const replay_answer& answer) { answered(partition, answer); },
            [this, partition](const caf::error&) { answered(partition, {}); });
}

void replay_state::answered(base::partition_id partition, const replay_answer& answer) {
  std::vector<protocols::replay_outcome> outcomes;
  for (const auto& one : answer.outcomes)
    outcomes.push_back(one.taken == replayed_event::fate::settled ? outcome_of(one.outcome)
                       : one.taken == replayed_event::fate::carried
                           ? protocols::replay_outcome{protocols::replay_result::carried, {}}
                       : one.taken == replayed_event::fate::left
                           ? protocols::replay_outcome{protocols::replay_result::left_to_sink, {}}
                           : protocols::replay_outcome{protocols::replay_result::busy, {}});
  protocols::replay_effects fx;
  run_->on_outcomes(partition, outcomes, config_->clock.now(), random01(), fx);
  carry_out(fx);
}

base::result<void> replay_state::write(ports::durability durability) {
  written_at_ = config_->clock.now();
  ports::write_batch batch;
  batch.put(ports::family::meta, ports::keys::replay(run_->job().id()), run_->job().SerializeAsString());
  auto written = config_->store.write(batch, durability);
  if (!written)
    config_->on_failure(written.err());
  return written;
}

bytes_answer replay_state::status() const {
  return {{}, run_->job().SerializeAsString()};
}

bytes_answer replay_state::control(const control_replay& wish) {
  const auto now = config_->clock.now();
  if (run_->over())
    return {{false, {base::error_code::failed_precondition, "the replay is over"}}, {}};
  if (wish.action == v1::REPLAY_PAUSE)
    run_->pause();
  else if (wish.action == v1::REPLAY_RESUME)
    run_->resume();
  else if (wish.action == v1::REPLAY_CANCEL)
    run_->cancel(now);
  if (wish.events_per_second >= 0)
    run_->set_rate(wish.events_per_second, now);
  if (auto written = write(ports::durability::synced); !written)
    return {verdict::of(written), {}};
  protocols::replay_effects fx;
  run_->pump(now, fx);
  carry_out(fx);
  return status();
}

verdict replay_state::stop() {
  if (!told_over_)
    (void)write(ports::durability::buffered);
  self_->quit();
  return {};
}

void replay_state::set_timer() {
  const auto due = run_->next_due();
  if (!due || (timer_at_ && *timer_at_ <= *due))
    return;
  timer_at_ = due;
  self_->delayed_send(self_, std::max(base::duration{1'000}, *due - config_->clock.now()), tick_atom_v);
}

double replay_state::random01() {
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

replay_actor::behavior_type replay(replay_actor::stateful_pointer<replay_state> self, replay_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
