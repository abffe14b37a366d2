#include "actors/courier/courier.hpp"

#include "actors/outcomes.hpp"
#include "model/revision.hpp"

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds budget_kept_every{1};

} // namespace

courier_actor::behavior_type courier_state::start(courier_config config) {
  config_.emplace(std::move(config));
  gate_.emplace(config_->limits, config_->breaker, config_->budget_spent);
  kept_budget_ = config_->budget_spent;
  random_.seed(config_->seed);
  config_->metrics.breaker(config_->sink, ports::breaker_state::closed);
  for (const auto& worker : config_->workers)
    self_->send(worker, tick_atom_v);
  return {
      [this](const target_opened& word) { opened(word); },
      [this](target_answer& answer) { answered(answer); },
      [this](const join_courier& request) { join(request); },
      [this](delivery_request& request) { deliver(request); },
      [this](const sink_lag& word) { lag(word); },
      [this](mend_ticket& wish) { return mend(wish); },
      [this](const ask_counts&) { return status(); },
      [this](tick_atom) { tick(); },
      [this](stop_atom) { return stop(); },
  };
}

// Delivery begins when all workers have the target open, so that no call finds one that has not.
void courier_state::opened(const target_opened& word) {
  for (const auto& at : word.positions)
    positions_[at.partition] = at.next_offset;
  if (++workers_open_ != config_->workers.size())
    return;
  for (std::size_t i = 0; i < config_->limits.concurrency; ++i)
    idle_workers_.push_back(i % config_->workers.size());
  for (const auto& [partition, client] : partitions_)
    begin(partition, client);
}

void courier_state::join(const join_courier& request) {
  auto client = caf::actor_cast<courier_client>(self_->current_sender());
  if (workers_open_ >= config_->workers.size())
    begin(request.partition, client);
  partitions_.insert_or_assign(request.partition, std::move(client));
}

void courier_state::begin(base::partition_id partition, const courier_client& client) {
  const auto at = positions_.find(partition);
  self_->send(client,
              begin_delivery{config_->keeps_position, at == positions_.end() ? base::log_offset{0} : at->second});
}

void courier_state::deliver(delivery_request& request) {
  protocols::gate_effects fx;
  protocols::offered_batch batch{request.partition, request.id, std::move(request.events), request.background};
  if (!gate_->offer(std::move(batch), config_->clock.now(), fx)) {
    delivery_answer back{request.id, {}}; // cannot happen while the queue has room for every partition; nothing is lost
    for (std::uint32_t i = 0; i < batch.events.size(); ++i) // NOLINT(bugprone-use-after-move): it was not taken
      back.events.push_back({i, ports::delivery_result::skipped, "the courier's queue is full", -1});
    self_->send(partitions_.at(request.partition), std::move(back));
    return;
  }
  carry_out(fx);
}

void courier_state::answered(target_answer& answer) {
  const auto it = calls_.find(answer.id);
  if (it == calls_.end())
    return;
  const auto [worker, events] = std::move(it->second);
  calls_.erase(it);
  idle_workers_.push_back(worker);
  const auto now = config_->clock.now();
  const ports::delivery_outcome none{ports::delivery_result::transient, "the worker gave no outcome", std::nullopt};
  std::vector<ports::delivery_outcome> outcomes(events->size(), none);
  std::uint64_t delivered = 0;
  for (auto& s : answer.events) {
    if (s.position >= events->size())
      continue;
    delivered += s.result == ports::delivery_result::delivered;
    measure((*events)[s.position], s.result, now);
    const auto position = s.position;
    outcomes[position] = to_outcome(std::move(s));
  }
  config_->metrics.delivered(config_->sink, delivered);
  protocols::gate_effects fx;
  gate_->on_answer(answer.id, outcomes, now, random01(), fx);
  carry_out(fx);
}

caf::result<mend_answer> courier_state::mend(mend_ticket& wish) {
  using base::error_code;
  if (!config_->mender)
    return mend_answer{{false, {error_code::failed_precondition, "a target of this kind cannot be mended"}}};
  auto ticket_id = wish.ticket_id;
  if (mendings_.contains(ticket_id))
    return mend_answer{{false, {error_code::already_exists, "the ticket is being mended"}}};
  auto promise = self_->make_response_promise<mend_answer>();
  mendings_.emplace(ticket_id, mending{std::move(wish), promise});
  protocols::gate_effects fx;
  gate_->begin_mend(ticket_id, fx);
  carry_out(fx);
  return promise;
}

// The worker is waited for without a limit: while it may still write, nothing of the ticket may be delivered.
void courier_state::take_turn(const protocols::mend_turn& turn) {
  auto& m = mendings_.at(turn.ticket_id);
  if (!turn.granted) {
    m.promise.deliver(mend_answer{{}, true});
    mendings_.erase(turn.ticket_id);
    return;
  }
  self_->request(config_->mender, caf::infinite, std::move(m.wish))
      .then([this, id = turn.ticket_id](mend_answer& answer) { mended(id, std::move(answer)); },
            [this, id = turn.ticket_id](const caf::error&) {
              mended(id, {{false, {base::error_code::unavailable, "the sink is being stopped"}}});
            });
}

void courier_state::mended(const std::string& ticket_id, mend_answer answer) {
  mendings_.at(ticket_id).promise.deliver(std::move(answer));
  mendings_.erase(ticket_id);
  protocols::gate_effects fx;
  gate_->end_mend(ticket_id, config_->clock.now(), fx);
  carry_out(fx);
}

void courier_state::measure(const ports::delivery& event, ports::delivery_result result, base::timestamp now) {
  auto& metrics = config_->metrics;
  if (event.attempt > 1) {
    ++retried_;
    metrics.retried(config_->sink, 1);
  }
  if (result == ports::delivery_result::delivered)
    metrics.latency(config_->sink, event.event.times().occurred_at, event.event.times().received_at, now);
}

void courier_state::carry_out(protocols::gate_effects& fx) {
  for (const auto& call : fx.calls)
    start_call(call);
  for (const auto& turn : fx.turns)
    take_turn(turn);
  for (auto& answer : fx.answers) {
    delivery_answer out{answer.delivery_id, {}};
    for (auto& s : answer.events)
      out.events.push_back(to_message(s.position, std::move(s.outcome)));
    if (const auto it = partitions_.find(answer.partition); it != partitions_.end())
      self_->send(it->second, std::move(out));
  }
  if (fx.state) {
    config_->metrics.breaker(config_->sink, *fx.state);
    config_->on_breaker(*fx.state, gate_->last_error());
  }
  if (gate_->budget() != kept_budget_ && config_->clock.now() - budget_kept_at_ >= budget_kept_every)
    keep_budget();
  set_timer();
}

// A crash loses what was spent since then, at most about a second's worth.
void courier_state::keep_budget() {
  kept_budget_ = gate_->budget();
  budget_kept_at_ = config_->clock.now();
  config_->keep_budget(kept_budget_);
}

void courier_state::start_call(const protocols::target_call& call) {
  const auto worker = idle_workers_.back(); // the gate never starts more calls than there are permits
  idle_workers_.pop_back();
  self_->send(config_->workers[worker], target_call{call.id, call.events});
  calls_.emplace(call.id, std::pair(worker, call.events));
}

void courier_state::lag(const sink_lag& word) {
  const auto before = lags_[word.partition].waiting;
  config_->metrics.waiting(config_->sink, static_cast<std::int64_t>(word.waiting) - static_cast<std::int64_t>(before));
  lags_[word.partition] = word;
  std::uint64_t events = 0;
  std::int64_t oldest = 0;
  for (const auto& [partition, l] : lags_) {
    events += l.events;
    if (l.oldest_committed_at_us != 0 && (oldest == 0 || l.oldest_committed_at_us < oldest))
      oldest = l.oldest_committed_at_us;
  }
  const auto age =
      oldest == 0 ? base::duration{0} : std::max(base::duration{0}, config_->clock.now() - base::from_us(oldest));
  config_->metrics.lag(config_->sink, events, age);
  config_->metrics.allowance(config_->sink, gate_->concurrency(), gate_->budget().spent,
                             config_->limits.allowance.calls_per_day);
}

void courier_state::tick() {
  timer_at_.reset();
  protocols::gate_effects fx;
  gate_->on_timer(config_->clock.now(), fx);
  carry_out(fx);
}

void courier_state::set_timer() {
  const auto due = gate_->next_due();
  if (!due || (timer_at_ && *timer_at_ <= *due))
    return;
  timer_at_ = due;
  self_->delayed_send(self_, std::max(base::duration{1'000}, *due - config_->clock.now()), tick_atom_v);
}

bytes_answer courier_state::status() const {
  v1::SinkStatus out;
  out.set_name(config_->sink);
  out.set_retried(retried_);
  out.set_connected(workers_open_ >= config_->workers.size());
  switch (gate_->state()) {
    case ports::breaker_state::closed:
      out.set_breaker(v1::BREAKER_CLOSED);
      break;
    case ports::breaker_state::open:
      out.set_breaker(v1::BREAKER_OPEN);
      break;
    case ports::breaker_state::half_open:
      out.set_breaker(v1::BREAKER_HALF_OPEN);
      break;
  }
  out.set_last_error(gate_->last_error());
  add_allowance(out);
  std::int64_t oldest = 0;
  for (const auto& [partition, l] : lags_)
    if (l.oldest_committed_at_us != 0 && (oldest == 0 || l.oldest_committed_at_us < oldest))
      oldest = l.oldest_committed_at_us;
  if (oldest != 0)
    out.set_lag_seconds(std::chrono::duration<double>(config_->clock.now() - base::from_us(oldest)).count());
  const auto quantile_ms = [this](double q) {
    return config_->metrics.received_to_delivered(config_->sink, q).count() * 1'000;
  };
  out.set_latency_p50_ms(quantile_ms(0.5));
  out.set_latency_p99_ms(quantile_ms(0.99));
  return {{}, out.SerializeAsString()};
}

void courier_state::add_allowance(v1::SinkStatus& out) const {
  const auto now = config_->clock.now();
  out.set_coalesces(config_->coalesces);
  out.set_concurrency(static_cast<std::uint32_t>(gate_->concurrency()));
  out.set_held_by(std::string(protocols::name_of(gate_->held(now))));
  if (const auto budget = config_->limits.allowance.calls_per_day; budget > 0) {
    out.set_budget_calls_per_day(budget);
    out.set_budget_spent(gate_->budget_spent(now));
    model::set_us(*out.mutable_budget_resets_at(), base::to_us(gate_->budget_resets_at(now)));
  }
}

caf::result<verdict> courier_state::stop() {
  if (gate_->budget() != kept_budget_)
    keep_budget();
  auto promise = self_->make_response_promise<verdict>();
  auto open = std::make_shared<std::size_t>(config_->workers.size());
  auto one_down = [this, promise, open]() mutable {
    if (--*open == 0) {
      promise.deliver(verdict{});
      self_->quit();
    }
  };
  partitions_.clear();
  for (const auto& worker : config_->workers)
    self_->request(worker, std::chrono::seconds{10}, stop_atom_v)
        .then([one_down](const verdict&) mutable { one_down(); },
              [one_down](const caf::error&) mutable { one_down(); });
  return promise;
}

double courier_state::random01() {
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self, courier_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
