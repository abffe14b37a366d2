#include "actors/target_worker/target_worker.hpp"

#include "actors/outcomes.hpp"
#include "ports/census.hpp"

namespace cxstream::actors {

connector_worker_actor::behavior_type target_worker_state::start(target_worker_config config) {
  config_.emplace(std::move(config));
  return {
      [this](const target_call& request) { call(request); },
      [this](const mend_ticket& wish) { return mend(wish); },
      [this](tick_atom) { open(); },
      [this](stop_atom) { return stop(); },
  };
}

target_worker_state::~target_worker_state() {
  if (target_)
    target_->close();
}

void target_worker_state::call(const target_call& request) {
  target_answer answer{request.id, {}};
  std::vector<ports::delivery_outcome> outcomes;
  if (open_)
    outcomes = target_->deliver(*request.events, config_->clock.now());
  outcomes.resize(request.events->size(),
                  {ports::delivery_result::unreachable, "the target is not open", std::nullopt});
  for (std::uint32_t i = 0; i < outcomes.size(); ++i)
    answer.events.push_back(to_message(i, std::move(outcomes[i])));
  self_->send(caf::actor_cast<target_worker_client>(self_->current_sender()), std::move(answer));
}

mend_answer target_worker_state::mend(const mend_ticket& wish) {
  auto* census = open_ ? target_->census_taker() : nullptr;
  if (census == nullptr)
    return {{false, {base::error_code::unavailable, "the target is not open, or its kind cannot be mended"}}};
  if (wish.events.empty())
    return {verdict::of(census->remove(wish.ticket_id))};
  const auto mended = census->repair(wish.events, wish.seen, config_->clock.now());
  if (!mended)
    return {{false, mended.err()}};
  return {{}, *mended == ports::mended::moved_on};
}

void target_worker_state::open() {
  if (const auto& sender = self_->current_sender(); sender && sender != self_->ctrl())
    client_ = caf::actor_cast<target_worker_client>(sender);
  if (!target_) {
    auto made = config_->make_target();
    if (!made) {
      config_->on_failure(made.err());
      self_->delayed_send(self_, config_->reopen_every, tick_atom_v);
      return;
    }
    target_ = std::move(*made);
  }
  auto opened = target_->open();
  base::result<std::vector<ports::target_position>> positions = std::vector<ports::target_position>{};
  if (opened)
    positions = target_->positions();
  if (!opened || !positions) {
    config_->on_failure(opened ? positions.err() : opened.err());
    target_->close();
    self_->delayed_send(self_, config_->reopen_every, tick_atom_v);
    return;
  }
  open_ = true;
  target_opened word;
  for (const auto& at : *positions)
    word.positions.push_back({at.partition, at.next_offset});
  self_->send(client_, std::move(word));
}

verdict target_worker_state::stop() {
  if (target_)
    target_->close();
  open_ = false;
  client_ = nullptr;
  self_->quit();
  return {};
}

connector_worker_actor::behavior_type target_worker(connector_worker_actor::stateful_pointer<target_worker_state> self,
                                                    target_worker_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
