#include "actors/partition/partition.hpp"

#include "cxstream/v1/storage.pb.h"

#include <caf/typed_response_promise.hpp>

namespace cxstream::actors {

partition_actor::behavior_type partition_state::start(partition_config config) {
  config_.emplace(std::move(config));
  partition_.emplace(config_->id, config_->store, config_->live_weight_max);
  health_ = verdict::of(partition_->recover());
  if (!health_.ok)
    config_->on_failure(health_.why);
  // Partitions take turns: their checkpoints are spread over the interval.
  const auto first = config_->checkpoint_every * (1 + config_->id.value % 64) / 64;
  self_->delayed_send(self_, first, tick_atom_v);
  return {
      [this](log_appended& answer) { appended(answer); },
      [this](const store_mended&) { mended(); },
      [this](append_events& request) { return append(request); },
      [this](const history_demand& wish) { demand(wish); },
      [this](const ask_ticket& question) { return ticket(question); },
      [this](const ask_tickets& question) { return tickets(question); },
      [this](const ask_ticket_offsets& question) { return ticket_offsets(question); },
      [this](const ask_totals& question) { return totals(question); },
      [this](tick_atom) { tick(); },
      [this](stop_atom) { return stop(); },
  };
}

caf::result<append_answer> partition_state::append(append_events& request) {
  if (!health_.ok)
    return append_answer{health_, {}};
  auto promise = self_->make_response_promise<append_answer>();
  gathering_.push_back({promise, std::move(request.entries)});
  if (in_flight_.empty())
    send_next_append();
  return promise;
}

void partition_state::send_next_append() {
  auto& entries = in_flight_entries_;
  entries.clear();
  while (!gathering_.empty() && (entries.empty() || entries.size() < config_->append_entries_max)) {
    auto& next = gathering_.front();
    in_flight_.push_back({std::move(next.promise), next.entries.size()});
    std::move(next.entries.begin(), next.entries.end(), std::back_inserter(entries));
    gathering_.pop_front();
  }
  if (entries.empty()) {
    for (auto& sent : in_flight_)
      sent.promise.deliver(append_answer{});
    in_flight_.clear();
    return;
  }
  in_flight_first_ = partition_->reserve(entries.size());
  auto value = protocols::encode_log_batch(config_->epoch, in_flight_first_, config_->dedup_window, entries);
  asked_ = true;
  self_->send(config_->log_writer,
              log_append{config_->id, in_flight_first_, static_cast<std::uint32_t>(entries.size()), std::move(value)});
}

void partition_state::appended(log_appended& answer) {
  asked_ = false;
  if (in_flight_.empty() || answer.first_offset != in_flight_first_)
    return; // of an append that was given up
  if (answer.result.ok)
    apply(answer.committed_at);
  else
    fail(answer.result.why);
}

void partition_state::apply(base::timestamp committed_at) {
  auto applied =
      partition_->apply({in_flight_first_, committed_at, config_->dedup_window, std::move(in_flight_entries_)});
  in_flight_entries_.clear();
  if (!applied) {
    fail(applied.err());
    return;
  }
  answer(applied->decisions, in_flight_first_);
  publish(std::move(applied->run));
  send_next_append();
  if (partition_->wants_checkpoint())
    if (auto done = partition_->checkpoint(); !done)
      fail(done.err());
  count_live();
}

void partition_state::answer(const std::vector<model::decision>& decisions, base::log_offset first) {
  std::size_t next = 0;
  std::uint64_t counts[3] = {0, 0, 0}, late = 0;
  for (auto& sent : in_flight_) {
    append_answer out;
    out.outcomes.reserve(sent.entries);
    for (std::size_t i = 0; i < sent.entries; ++i, ++next) {
      const auto& d = decisions[next];
      ++counts[static_cast<std::size_t>(d.outcome)];
      late += d.late;
      out.outcomes.push_back({d.outcome, d.sequence, base::log_offset{first.value + next}, d.late});
    }
    sent.promise.deliver(std::move(out));
  }
  in_flight_.clear();
  config_->metrics.accepted(counts[0]);
  config_->metrics.duplicates(counts[1]);
  config_->metrics.conflicts(counts[2]);
  config_->metrics.late(late);
}

// Nothing is known of what was under way: the sources are told to send it again.
void partition_state::fail(const base::error& why) {
  if (health_.ok)
    config_->on_failure(why);
  health_ = {false, why};
  for (auto& sent : in_flight_)
    sent.promise.deliver(append_answer{health_, {}});
  for (auto& waiting : gathering_)
    waiting.promise.deliver(append_answer{health_, {}});
  in_flight_.clear();
  gathering_.clear();
  self_->delayed_send(self_, std::chrono::seconds{1}, store_mended{}); // looks again by itself, too
}

void partition_state::mended() {
  if (health_.ok)
    return;
  // An append that was given up may still reach the log: another one at its place would be taken for it.
  if (asked_) {
    self_->delayed_send(self_, std::chrono::seconds{1}, store_mended{});
    return;
  }
  health_ = verdict::of(partition_->recover());
  recent_.clear();
  recent_bytes_.clear();
  recent_bytes_total_ = 0;
  if (!health_.ok) {
    self_->delayed_send(self_, std::chrono::seconds{1}, store_mended{});
    return;
  }
  count_live();
  publish(nullptr); // what was committed before the failure is in the store
}

void partition_state::demand(const history_demand& wish) {
  supply({caf::actor_cast<history_reader>(self_->current_sender()), wish});
}

// Keeps a new run for those who keep up, and serves those who wait.
void partition_state::publish(std::shared_ptr<const protocols::history_run> run) {
  if (run) {
    std::size_t bytes = 256;
    for (const auto& item : run->items)
      bytes += item.event.bytes().size() + item.ticket_id.size() + sizeof item;
    recent_.push_back(std::move(run));
    recent_bytes_.push_back(bytes);
    recent_bytes_total_ += bytes;
    while (recent_bytes_total_ > config_->recent_bytes_max && recent_.size() > 1) {
      recent_bytes_total_ -= recent_bytes_.front();
      recent_bytes_.pop_front();
      recent_.pop_front();
    }
  }
  auto readers = std::move(waiting_readers_);
  waiting_readers_.clear();
  for (auto& [id, reader] : readers)
    supply(std::move(reader));
}

void partition_state::supply(waiting_reader reader) {
  const auto end = partition_->next_offset();
  const auto from = reader.wish.from;
  if (from >= end) {
    const auto id = reader.who.id();
    waiting_readers_.insert_or_assign(id, std::move(reader));
    return;
  }
  history_supply out{{}, end, partition_->totals().history};
  if (!recent_.empty() && recent_.front()->first_offset <= from) {
    const auto after = std::upper_bound(recent_.begin(), recent_.end(), from,
                                        [](base::log_offset o, const auto& run) { return o < run->first_offset; });
    std::size_t events = 0;
    for (auto it = std::prev(after); it != recent_.end() && events < reader.wish.events_max; ++it) {
      out.runs.push_back(*it);
      events += (*it)->items.size();
    }
  }
  self_->send(reader.who, std::move(out));
}

bytes_answer partition_state::ticket(const ask_ticket& question) {
  auto state = partition_->ticket_state(question.ticket_id);
  if (!state)
    return {{false, state.err()}, {}};
  return {{}, state->SerializeAsString()};
}

states_answer partition_state::tickets(const ask_tickets& question) {
  states_answer answer;
  for (const auto& id : question.ticket_ids) {
    auto state = partition_->ticket_state(id);
    if (!state && state.err().code != base::error_code::not_found)
      return {{false, state.err()}, {}};
    answer.states.push_back(state ? state->SerializeAsString() : std::string{});
  }
  return answer;
}

offsets_answer partition_state::ticket_offsets(const ask_ticket_offsets& question) {
  auto offsets = partition_->ticket_offsets(question.ticket_id, question.from, question.count);
  if (!offsets)
    return {{false, offsets.err()}, {}};
  return {{}, std::move(*offsets)};
}

bytes_answer partition_state::totals(const ask_totals& question) {
  if (!health_.ok)
    return {health_, {}};
  if (question.checkpoint)
    if (auto done = partition_->checkpoint(); !done)
      return {{false, done.err()}, {}};
  const auto& t = partition_->totals();
  v1::PartitionApplied out;
  out.set_next_offset(partition_->next_offset().value);
  out.set_history(t.history);
  out.set_tickets(t.tickets);
  out.set_late(t.late);
  out.set_duplicates(t.duplicates);
  out.set_conflicts(t.conflicts);
  out.set_live_tickets(partition_->live_tickets());
  return {{}, out.SerializeAsString()};
}

void partition_state::tick() {
  if (health_.ok)
    if (auto done = partition_->checkpoint(); !done)
      fail(done.err());
  count_live();
  self_->delayed_send(self_, config_->checkpoint_every, tick_atom_v);
}

verdict partition_state::stop() {
  auto result = health_.ok ? verdict::of(partition_->checkpoint()) : health_;
  waiting_readers_.clear();
  self_->quit();
  return result;
}

void partition_state::count_live() {
  const auto live = partition_->live_tickets();
  if (live == counted_live_)
    return;
  config_->metrics.live_tickets(static_cast<std::int64_t>(live) - static_cast<std::int64_t>(counted_live_));
  counted_live_ = live;
}

partition_actor::behavior_type partition(partition_actor::stateful_pointer<partition_state> self,
                                         partition_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
