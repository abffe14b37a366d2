#include "actors/ingest/ingest.hpp"

#include "ports/keys.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds watch_every{1};
constexpr std::size_t gathered_entries_max = 2'048;

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

void fill(v1::EventResult& result, base::partition_id partition, const append_outcome& outcome) {
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

} // namespace

ingest_actor::behavior_type ingest_state::start(ingest_config config) {
  config_.emplace(std::move(config));
  gathered_.resize(config_->partitions.size());
  config_->metrics.streams(1);
  self_->delayed_send(self_, watch_every, tick_atom_v);
  return {
      [this](submit_batch& batch) { submit(batch); },
      [this](route_atom) {
        route_scheduled_ = false;
        route_gathered();
      },
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
  owed.open_requests = 1; // held while gathering
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
    gather(owed_id, owed, static_cast<int>(i), std::move(accepted));
  }
  for (const auto& bytes : batch.refused) {
    auto letter = refused_payload_letter(bytes, now, next_letter_number());
    ++received[letter.source_system()];
    keep(letter, *owed.answer.add_results(), letters);
  }
  for (const auto& [source, events] : received)
    config_->metrics.received(source, events);
  if (!letters.letters.empty()) {
    ++owed.open_requests;
    bury(owed_id, std::move(letters));
  }
  route_soon();
  request_done(owed_id);
}

void ingest_state::gather(std::uint64_t owed_id, owed_batch& owed, int place, accepted_event accepted) {
  auto& group = gathered_[accepted.partition.value];
  if (group.origins.empty() || group.origins.back().owed_id != owed_id)
    ++owed.open_requests;
  group.entries.push_back(std::move(accepted.entry));
  group.origins.push_back({owed_id, place});
  ++gathered_entries_;
}

// The message to itself queues up behind the batches that are already in the mailbox, so they join; but not so many
// that the partitions have nothing to do meanwhile.
void ingest_state::route_soon() {
  if (gathered_entries_ >= gathered_entries_max)
    route_gathered();
  else if (!std::exchange(route_scheduled_, true))
    self_->send(self_, route_atom_v);
}

void ingest_state::route_gathered() {
  gathered_entries_ = 0;
  for (std::size_t i = 0; i < gathered_.size(); ++i)
    if (!gathered_[i].entries.empty())
      route(base::partition_id{static_cast<std::uint16_t>(i)}, std::exchange(gathered_[i], {}));
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

void ingest_state::route(base::partition_id partition, routed group) {
  auto& target = config_->partitions[partition.value];
  self_->request(target, caf::infinite, append_events{std::move(group.entries)})
      .then([this, partition,
             origins = std::move(group.origins)](const append_answer& answer) { decided(partition, origins, answer); },
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

void ingest_state::decided(base::partition_id partition, const std::vector<origin>& origins,
                           const append_answer& answer) {
  if (failed_)
    return;
  if (!answer.result.ok) {
    fail(answer.result.why);
    return;
  }
  for (std::size_t i = 0; i < origins.size();) {
    const auto owed_id = origins[i].owed_id;
    auto& owed = owed_.at(owed_id);
    for (; i < origins.size() && origins[i].owed_id == owed_id; ++i)
      fill(*owed.answer.mutable_results(origins[i].place), partition, answer.outcomes[i]);
    request_done(owed_id);
  }
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
