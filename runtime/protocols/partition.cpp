#include "protocols/partition.hpp"

#include "ports/keys.hpp"

#include "cxstream/v1/storage.pb.h"

namespace cxstream::protocols {

using ports::family;

namespace {

base::timestamp time_of(const google::protobuf::Timestamp& t) {
  return base::from_us(model::to_us(t));
}

} // namespace

partition::partition(base::partition_id id, ports::store& store, std::size_t live_weight_max)
    : id_(id), store_(store), tickets_(id, store, live_weight_max), stamp_(id) {
}

base::result<void> partition::recover() {
  tickets_.clear();
  dirty_ = false;
  applied_since_checkpoint_ = 0;
  if (auto loaded = load_applied(); !loaded)
    return loaded.err();
  return replay();
}

base::result<void> partition::load_applied() {
  auto found = store_.get(family::applied, ports::keys::partition(id_));
  if (!found)
    return found.err();
  v1::PartitionApplied applied;
  if (*found && !applied.ParseFromString(**found))
    return base::error{base::error_code::corrupt,
                       "the applied offset of partition " + std::to_string(id_.value) + " cannot be read"};
  applied_ = base::log_offset{applied.next_offset()};
  totals_ = {applied.history(), applied.tickets(), applied.late(), applied.duplicates(), applied.conflicts()};
  return {};
}

base::result<void> partition::replay() {
  constexpr std::size_t checkpoint_after = 20'000; // entries between checkpoints of a long replay
  std::size_t since_checkpoint = 0;
  base::result<void> replayed;
  const auto visit = [&](std::string_view, std::string_view value) {
    auto batch = decode_log_batch(value);
    if (!batch) {
      replayed = batch.err();
      return false;
    }
    if (batch->first_offset < applied_)
      return true;
    since_checkpoint += batch->entries.size();
    if (auto done = apply(std::move(*batch)); !done) {
      replayed = done.err();
      return false;
    }
    if (since_checkpoint >= checkpoint_after || wants_checkpoint()) {
      since_checkpoint = 0;
      replayed = checkpoint();
    }
    return bool(replayed);
  };
  const auto end = ports::keys::after_prefix(ports::keys::partition(id_));
  if (auto scanned = store_.scan(family::log, ports::keys::at(id_, applied_), end, visit); !scanned)
    return scanned.err();
  reserved_ = applied_;
  return replayed;
}

base::log_offset partition::reserve(std::size_t count) {
  const auto first = reserved_;
  reserved_.value += count;
  return first;
}

base::result<applied_batch> partition::apply(committed_batch batch) {
  applied_batch out;
  out.decisions.reserve(batch.entries.size());
  auto run = std::make_shared<history_run>();
  run->first_offset = batch.first_offset;
  run->next_offset = batch.next_offset();
  run->history_before = totals_.history;
  run->items.reserve(batch.entries.size());
  v1::AppliedBatch applied;
  applied.set_first_offset(batch.first_offset.value);
  applied.set_history_before(totals_.history);
  newest_commit_ = batch.committed_at;
  tickets_.next_round();
  dedup_window_ = batch.dedup_window;
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    auto& entry = batch.entries[i];
    const model::log_place place{base::log_offset{batch.first_offset.value + i}, batch.committed_at,
                                 batch.dedup_window};
    auto& event = scratch_;
    if (!event.ParseFromString(entry.event))
      return base::error{base::error_code::corrupt, "log entry " + std::to_string(place.offset.value) +
                                                        " of partition " + std::to_string(id_.value) +
                                                        " cannot be read"};
    auto decided = decide(event, entry.print, place);
    if (!decided)
      return decided.err();
    out.decisions.push_back(*decided);
    if (decided->outcome == model::effect::conflict)
      out.conflicts.push_back(conflict_letter(event, entry, place, *decided));
    if (decided->outcome != model::effect::accepted) {
      applied.add_placements(0);
      continue;
    }
    applied.add_placements(decided->sequence.value << 1 | (decided->late ? 1 : 0));
    stamp_.append_to(entry.event, place.offset, decided->sequence, decided->late, place.committed_at);
    run->items.push_back(
        {place.offset, decided->sequence, event.ticket_id(),
         ports::event_bytes(std::move(entry.event), {time_of(event.occurred_at()),
                                                     time_of(event.pipeline().received_at()), place.committed_at}),
         decided->late});
  }
  ports::write_batch derived;
  derived.put(family::history, ports::keys::at(id_, batch.first_offset), applied.SerializeAsString());
  if (auto written = store_.write(derived, ports::durability::derived); !written)
    return written.err();
  if (auto written = write_conflicts(out.conflicts); !written)
    return written.err();
  applied_ = batch.next_offset();
  dirty_ = true;
  out.run = std::move(run);
  return out;
}

base::result<model::decision> partition::decide(const v1::CanonicalEvent& event, const model::fingerprint& print,
                                                const model::log_place& place) {
  auto decided = tickets_.apply(event, print, place);
  if (!decided)
    return decided;
  ++applied_since_checkpoint_;
  switch (decided->outcome) {
    case model::effect::accepted:
      ++totals_.history;
      totals_.tickets += decided->sequence.value == 1;
      totals_.late += decided->late;
      break;
    case model::effect::duplicate:
      ++totals_.duplicates;
      break;
    case model::effect::conflict:
      ++totals_.conflicts;
      break;
  }
  return decided;
}

v1::DeadLetter partition::conflict_letter(const v1::CanonicalEvent& event, const log_entry& entry,
                                          const model::log_place& place, const model::decision& decided) const {
  v1::DeadLetter letter;
  letter.set_id(ports::keys::dead_conflict(id_, place.offset));
  letter.set_stage(v1::TICKET);
  letter.set_reason(v1::RejectReason_Name(v1::KEY_CONFLICT));
  letter.set_reject_reason(v1::KEY_CONFLICT);
  letter.set_field_path("idempotency_key");
  letter.set_message("idempotency_key '" + event.idempotency_key() +
                     "' was used before, with other content, by event " + std::to_string(decided.sequence.value) +
                     " of this ticket; give the event a key of its own and requeue it");
  model::set_us(*letter.mutable_dead_at(), base::to_us(place.committed_at));
  letter.set_source_system(event.source_system());
  letter.set_ticket_id(event.ticket_id());
  letter.set_partition(id_.value);
  letter.set_offset(place.offset.value);
  letter.set_payload(entry.event);
  return letter;
}

// Written once: a replay finds the letter there, or the operator's edit of it, and leaves it.
base::result<void> partition::write_conflicts(const std::vector<v1::DeadLetter>& letters) {
  ports::write_batch batch;
  for (const auto& letter : letters) {
    auto there = store_.get(family::dead_letters, letter.id());
    if (!there)
      return there.err();
    if (!*there)
      batch.put(family::dead_letters, letter.id(), letter.SerializeAsString());
  }
  return batch.empty() ? base::result<void>{} : store_.write(batch, ports::durability::buffered);
}

base::result<void> partition::checkpoint() {
  if (dirty_) {
    auto batch = tickets_.dirty_batch();
    v1::PartitionApplied applied;
    applied.set_next_offset(applied_.value);
    applied.set_history(totals_.history);
    applied.set_tickets(totals_.tickets);
    applied.set_late(totals_.late);
    applied.set_duplicates(totals_.duplicates);
    applied.set_conflicts(totals_.conflicts);
    batch.put(family::applied, ports::keys::partition(id_), applied.SerializeAsString());
    if (auto written = store_.write(batch, ports::durability::derived); !written)
      return written.err();
    tickets_.written(newest_commit_, dedup_window_);
    dirty_ = false;
    applied_since_checkpoint_ = 0;
  }
  tickets_.passivate();
  return {};
}

base::result<v1::TicketState> partition::ticket_state(std::string_view ticket_id) {
  auto found = tickets_.get(ticket_id);
  if (!found)
    return found.err();
  if ((*found)->last_sequence().value == 0)
    return base::error{base::error_code::not_found, "there is no ticket '" + std::string(ticket_id) + "'"};
  return (*found)->state();
}

base::result<std::vector<base::log_offset>> partition::ticket_offsets(std::string_view ticket_id,
                                                                      base::ticket_sequence from, std::size_t count) {
  auto found = tickets_.get(ticket_id);
  if (!found)
    return found.err();
  const auto& index = (*found)->index();
  std::vector<base::log_offset> out;
  v1::TicketIndex run;
  std::uint64_t run_number = ~std::uint64_t{0};
  for (auto s = std::max<std::uint64_t>(from.value, 1); s <= index.size() && out.size() < count; ++s) {
    if (s >= index.first_in_memory().value) {
      out.push_back(index.offset_of(base::ticket_sequence{s}));
      continue;
    }
    if (const auto wanted = (s - 1) / model::ticket_index::run_length; wanted != run_number) {
      run_number = wanted;
      auto read = tickets_.read_run(ticket_id, static_cast<std::uint32_t>(wanted));
      if (!read)
        return read.err();
      run = std::move(*read);
    }
    std::uint64_t offset = 0;
    for (std::uint64_t i = 0; i <= (s - 1) % model::ticket_index::run_length; ++i)
      offset += run.offset_deltas(static_cast<int>(i));
    out.push_back(base::log_offset{offset});
  }
  return out;
}

} // namespace cxstream::protocols
