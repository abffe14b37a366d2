#include "actors/ingest/ingest.hpp"

#include "ports/keys.hpp"

#include <algorithm>

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds watch_every{1};

std::uint64_t next_letter_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last & 0xffff'ffffu;
}

refused_event not_allowed(accepted_event event) {
  return {{v1::NOT_ALLOWED, "source_system", "the key may not send events of '" + event.source_system + "'"},
          event.source_system,
          ""};
}

v1::Outcome outcome_of(model::effect effect) {
  switch (effect) {
    case model::effect::accepted:
      return v1::ACCEPTED;
    case model::effect::duplicate:
      return v1::DUPLICATE;
    case model::effect::conflict:
      break;
  }
  return v1::CONFLICT;
}

} // namespace

ingest_actor::behavior_type ingest_state::start(ingest_config config) {
  config_.emplace(std::move(config));
  config_->metrics.streams(1);
  self_->delayed_send(self_, watch_every, tick_atom_v);
  return {
      [this](submit_batch& batch) { submit(batch); },
      [this](tick_atom) { watch(); },
      [this](stop_atom) { self_->quit(); },
  };
}

ingest_state::~ingest_state() {
  if (config_)
    config_->metrics.streams(-1);
}

void ingest_state::submit(submit_batch& batch) {
  if (failed_)
    return;
  const auto rules = config_->rules();
  const auto now = config_->clock.now();
  const auto owed_id = next_owed_++;
  auto& owed = owed_[owed_id];
  owed.answer.set_batch_id(batch.batch_id);
  owed.submitted_at = now;
  std::map<base::partition_id, routed> groups;
  keep_dead_letters letters;
  std::map<std::string, std::uint64_t> received;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    auto& bytes = batch.events[i];
    auto& result = *owed.answer.add_results();
    auto taken =
        batch.envelope_broken
            ? refused_event{{v1::MALFORMED, "", "the batch is not a PublishRequest; its bytes are kept whole"}, "", ""}
            : take_in(bytes, *rules, now, scratch_);
    if (auto* accepted = std::get_if<accepted_event>(&taken); accepted && !is_allowed(accepted->source_system))
      taken = not_allowed(std::move(*accepted));
    if (auto* refused = std::get_if<refused_event>(&taken)) {
      ++received[refused->source_system];
      refuse(*refused, std::move(bytes), now, result, letters);
      continue;
    }
    auto& accepted = std::get<accepted_event>(taken);
    ++received[accepted.source_system];
    auto& group = groups[accepted.partition];
    group.entries.push_back(std::move(accepted.entry));
    group.places.push_back(static_cast<int>(i));
  }
  for (const auto& bytes : batch.refused) {
    auto letter = refused_payload_letter(bytes, now, next_letter_number());
    ++received[letter.source_system()];
    keep(letter, *owed.answer.add_results(), letters);
  }
  for (const auto& [source, events] : received)
    config_->metrics.received(source, events);
  owed.open_requests = groups.size() + (letters.letters.empty() ? 0 : 1) + 1;
  for (auto& [partition, group] : groups)
    route(owed_id, partition, std::move(group));
  if (!letters.letters.empty())
    bury(owed_id, std::move(letters));
  request_done(owed_id); // the one held while routing
}

bool ingest_state::is_allowed(const std::string& source_system) const {
  const auto& allowed = config_->sources;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), source_system) != allowed.end();
}

void ingest_state::refuse(const refused_event& refused, std::string bytes, base::timestamp now, v1::EventResult& result,
                          keep_dead_letters& letters) {
  keep(refusal_letter(refused, std::move(bytes), now, next_letter_number()), result, letters);
}

void ingest_state::keep(const v1::DeadLetter& letter, v1::EventResult& result, keep_dead_letters& letters) {
  result.set_outcome(v1::REJECTED);
  result.set_reason(letter.reject_reason());
  result.set_field_path(letter.field_path());
  result.set_message(letter.message());
  result.set_dead_letter_id(letter.id());
  letters.letters.push_back(letter.SerializeAsString());
  config_->metrics.rejected(letter.reason(), 1);
}

void ingest_state::route(std::uint64_t owed_id, base::partition_id partition, routed group) {
  auto& target = config_->partitions[partition.value];
  self_->request(target, caf::infinite, append_events{std::move(group.entries)})
      .then([this, owed_id, partition, places = std::move(group.places)](
                const append_answer& answer) { decided(owed_id, partition, places, answer); },
            [this](const caf::error&) {
              fail({base::error_code::unavailable, "a partition is gone; send the batch again"});
            });
}

void ingest_state::bury(std::uint64_t owed_id, keep_dead_letters letters) {
  self_->request(config_->log_writer, caf::infinite, std::move(letters))
      .then(
          [this, owed_id](const verdict& kept) {
            if (kept.ok)
              request_done(owed_id);
            else
              fail(kept.why);
          },
          [this](const caf::error&) {
            fail({base::error_code::unavailable, "the log is gone; send the batch again"});
          });
}

void ingest_state::decided(std::uint64_t owed_id, base::partition_id partition, const std::vector<int>& places,
                           const append_answer& answer) {
  if (failed_)
    return;
  if (!answer.result.ok) {
    fail(answer.result.why);
    return;
  }
  auto& owed = owed_[owed_id];
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& outcome = answer.outcomes[i];
    auto& result = *owed.answer.mutable_results(places[i]);
    result.set_outcome(outcome_of(outcome.effect));
    result.set_ticket_sequence(outcome.sequence.value);
    result.set_partition(partition.value);
    if (outcome.effect == model::effect::accepted) {
      result.set_offset(outcome.offset.value);
      result.set_late(outcome.late);
    } else if (outcome.effect == model::effect::conflict) {
      result.set_reason(v1::KEY_CONFLICT);
      result.set_field_path("idempotency_key");
      result.set_message("this idempotency_key was used before with other content; the event is a dead letter");
      result.set_dead_letter_id(ports::keys::dead_conflict(partition, outcome.offset));
    }
  }
  request_done(owed_id);
}

void ingest_state::request_done(std::uint64_t owed_id) {
  const auto it = owed_.find(owed_id);
  if (failed_ || it == owed_.end() || --it->second.open_requests > 0)
    return;
  it->second.answer.set_credit_events(config_->credit_events);
  config_->listener->on_answer(std::move(it->second.answer));
  owed_.erase(it);
}

void ingest_state::watch() {
  if (!owed_.empty() && config_->clock.now() - owed_.begin()->second.submitted_at > config_->answer_timeout)
    fail({base::error_code::unavailable, "a batch was not decided in time; send it again"});
  if (!failed_)
    self_->delayed_send(self_, watch_every, tick_atom_v);
}

void ingest_state::fail(base::error why) {
  if (failed_)
    return;
  failed_ = true;
  owed_.clear();
  config_->listener->on_failed(std::move(why));
}

ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, ingest_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
