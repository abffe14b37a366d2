#include "actors/dead_letter/dead_letter.hpp"

#include "protocols/dead_letters.hpp"

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds answer_timeout{30};

} // namespace

dead_letter_actor::behavior_type dead_letter_state::start(dead_letter_config config) {
  config_.emplace(std::move(config));
  self_->send(self_, tick_atom_v);
  return {[this](tick_atom) { next(); }};
}

void dead_letter_state::next() {
  if (at_ == config_->ids.size()) {
    config_->done(std::move(results_));
    self_->quit();
    return;
  }
  const auto& id = config_->ids[at_];
  auto letter = protocols::read_letter(config_->store, id);
  if (!letter)
    result(id, false, letter.err().message);
  else if (letter->stage() == v1::DELIVERY)
    at_sink(*letter);
  else if (config_->action == letter_action::discard)
    erase(id, "discarded");
  else
    at_intake(*letter);
}

void dead_letter_state::at_sink(const v1::DeadLetter& letter) {
  const auto sink = config_->sink(letter.sink(), base::partition_id{static_cast<std::uint16_t>(letter.partition())});
  if (!sink) {
    if (config_->action == letter_action::discard)
      erase(letter.id(), "discarded; its sink is not configured any more");
    else
      result(letter.id(), false,
             "sink '" + letter.sink() + "' is not configured any more; configure it or discard the letter");
    return;
  }
  const auto answered = [this, id = letter.id()](const verdict& v) {
    const bool discards = config_->action == letter_action::discard;
    result(id, v.ok, v.ok ? (discards ? "discarded" : "waits at its sink for delivery") : v.why.message);
  };
  const auto silent = [this, id = letter.id()](const caf::error&) {
    result(id, false, "the sink did not answer; try again");
  };
  const base::log_offset offset{letter.offset()};
  if (config_->action == letter_action::discard)
    self_->request(*sink, answer_timeout, discard_delivery{offset}).then(answered, silent);
  else
    self_
        ->request(*sink, answer_timeout,
                  requeue_delivery{offset, config_->action == letter_action::requeue_allowing_older})
        .then(answered, silent);
}

// The bytes take the way in once more.
void dead_letter_state::at_intake(const v1::DeadLetter& letter) {
  v1::CanonicalEvent scratch;
  auto taken = take_in(letter.payload(), *config_->rules(), config_->clock.now(), scratch);
  if (auto* refused = std::get_if<refused_event>(&taken)) {
    result(letter.id(), false, "refused again: " + refused->why.message);
    return;
  }
  auto& accepted = std::get<accepted_event>(taken);
  append_events request;
  request.entries.push_back(std::move(accepted.entry));
  self_->request(config_->partitions[accepted.partition.value], answer_timeout, std::move(request))
      .then([this, letter](const append_answer& answer) { decided(letter, answer); },
            [this, id = letter.id()](const caf::error&) {
              result(id, false, "the partition did not answer; try again");
            });
}

void dead_letter_state::decided(const v1::DeadLetter& letter, const append_answer& answer) {
  if (!answer.result.ok || answer.outcomes.empty()) {
    result(letter.id(), false, answer.result.why.message);
    return;
  }
  const auto& outcome = answer.outcomes.front();
  switch (outcome.effect) {
    case model::effect::accepted:
      erase(letter.id(), "accepted as event " + std::to_string(outcome.sequence.value) + " of its ticket");
      break;
    case model::effect::duplicate:
      erase(letter.id(), "was already event " + std::to_string(outcome.sequence.value) + " of its ticket");
      break;
    case model::effect::conflict: // the new letter takes the place of this one
      erase(letter.id(), "conflicts still, and is a new dead letter; edit its idempotency_key and requeue it");
      results_.back().set_requeued(false);
      break;
  }
}

void dead_letter_state::erase(const std::string& id, const std::string& message) {
  ports::write_batch batch;
  batch.erase(ports::family::dead_letters, id);
  const auto written = config_->store.write(batch, ports::durability::synced);
  if (!written)
    config_->on_failure(written.err());
  result(id, bool(written), written ? message : written.err().message);
}

void dead_letter_state::result(const std::string& id, bool gone, std::string message) {
  v1::RequeueResult r;
  r.set_id(id);
  r.set_requeued(gone);
  r.set_message(std::move(message));
  results_.push_back(std::move(r));
  ++at_;
  self_->send(self_, tick_atom_v);
}

dead_letter_actor::behavior_type dead_letter(dead_letter_actor::stateful_pointer<dead_letter_state> self,
                                             dead_letter_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
