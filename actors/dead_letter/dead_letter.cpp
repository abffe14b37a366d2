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
  if (letter && config_->action == letter_action::discard)
    letter_ = *letter;
  if (!letter)
    result(id, false, letter.err().message);
  else if (letter->stage() == v1::DELIVERY)
    at_sink(*letter);
  else if (config_->action == letter_action::discard)
    erase(id, "discarded");
  else if (letter->stage() == v1::SOURCE)
    at_source(*letter);
  else
    at_intake(id, {letter->payload()});
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

// The payload is mapped again, by the mapping in force now.
void dead_letter_state::at_source(const v1::DeadLetter& letter) {
  const auto reader = config_->readers ? config_->readers(letter.source()) : nullptr;
  if (!reader) {
    result(letter.id(), false,
           "source '" + letter.source() + "' is not configured any more; configure it or discard the letter");
    return;
  }
  ports::payload payload;
  for (const auto& h : letter.headers())
    payload.headers.push_back({h.name(), h.value()});
  payload.body = letter.payload();
  payload.refused_as = letter.reject_reason();
  const auto read = reader->read_verified(payload, config_->clock.now());
  if (!read.refused.empty())
    result(letter.id(), false, "refused again: " + read.refused.front().message);
  else if (read.events.empty())
    erase(letter.id(), "left out: " + (read.dropped.empty() ? "it holds no events" : read.dropped.front()));
  else
    at_intake(letter.id(), read.events);
}

// The events take the way in once more: all of them, or none when one would be refused.
void dead_letter_state::at_intake(const std::string& id, const std::vector<std::string>& events) {
  const auto rules = config_->rules();
  const auto now = config_->clock.now();
  v1::CanonicalEvent scratch;
  std::map<base::partition_id, append_events> requests; // a ticket's events stay in order
  for (const auto& bytes : events) {
    auto taken = take_in(bytes, *rules, now, scratch);
    if (auto* refused = std::get_if<refused_event>(&taken)) {
      result(id, false, "refused again: " + refused->why.message);
      return;
    }
    auto& accepted = std::get<accepted_event>(taken);
    requests[accepted.partition].entries.push_back(std::move(accepted.entry));
  }
  retried_ = {};
  retried_.id = id;
  retried_.open = requests.size();
  for (auto& [partition, request] : requests)
    self_->request(config_->partitions[partition.value], answer_timeout, std::move(request))
        .then([this](const append_answer& answer) { decided(answer); },
              [this](const caf::error&) {
                decided({{false, {base::error_code::unavailable, "the partition did not answer; try again"}}, {}});
              });
}

void dead_letter_state::decided(const append_answer& answer) {
  if (!answer.result.ok)
    retried_.failure = answer.result.why.message;
  for (const auto& outcome : answer.outcomes) {
    retried_.accepted += outcome.effect == model::effect::accepted;
    retried_.duplicates += outcome.effect == model::effect::duplicate;
    retried_.conflicts += outcome.effect == model::effect::conflict;
    retried_.sequence = outcome.sequence.value;
  }
  if (--retried_.open == 0)
    all_decided();
}

void dead_letter_state::all_decided() {
  const auto& r = retried_;
  const auto sequence = std::to_string(r.sequence);
  if (!r.failure.empty()) {
    result(r.id, false, r.failure);
  } else if (r.conflicts > 0) { // each is a new letter, which takes the place of this one
    erase(r.id, "conflicts still, and is a new dead letter; edit its idempotency_key and requeue it");
    results_.back().set_requeued(false);
  } else if (r.accepted + r.duplicates > 1) {
    erase(r.id, std::to_string(r.accepted) + " events accepted, " + std::to_string(r.duplicates) + " known before");
  } else if (r.accepted == 1) {
    erase(r.id, "accepted as event " + sequence + " of its ticket");
  } else {
    erase(r.id, "was already event " + sequence + " of its ticket");
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
  if (gone && config_->action == letter_action::discard)
    config_->on_discarded(letter_);
  ++at_;
  self_->send(self_, tick_atom_v);
}

dead_letter_actor::behavior_type dead_letter(dead_letter_actor::stateful_pointer<dead_letter_state> self,
                                             dead_letter_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
