#include "protocols/history.hpp"

#include "model/peek.hpp"
#include "model/revision.hpp"
#include "ports/keys.hpp"
#include "protocols/log_batch.hpp"

#include "cxstream/v1/storage.pb.h"

namespace cxstream::protocols {

namespace {

using ports::family;

// Adds the effective entries of one batch at or after `from` to the run.
base::result<void> join(base::partition_id p, std::string_view log_value, std::string_view history_value,
                        base::log_offset from, history_run& run) {
  v1::AppliedBatch applied;
  if (!applied.ParseFromArray(history_value.data(), static_cast<int>(history_value.size())))
    return base::error{base::error_code::corrupt, "a history batch cannot be read"};
  auto log = decode_log_batch(log_value);
  if (!log)
    return log.err();
  pipeline_stamp stamp(p);
  auto before = applied.history_before();
  const bool first_batch = run.items.empty() && run.first_offset == run.next_offset;
  for (std::size_t i = 0; i < log->entries.size(); ++i) {
    const auto placement =
        i < static_cast<std::size_t>(applied.placements_size()) ? applied.placements(static_cast<int>(i)) : 0;
    const base::log_offset offset{log->first_offset.value + i};
    if (offset < from) {
      before += placement != 0;
      continue;
    }
    if (placement == 0)
      continue;
    auto& entry = log->entries[i];
    const base::ticket_sequence sequence{placement >> 1};
    const auto outline = model::outline_of(entry.event);
    std::string ticket_id(outline.ticket_id);
    stamp.append_to(entry.event, offset, sequence, (placement & 1) != 0, log->committed_at);
    run.items.push_back(
        {offset, sequence, std::move(ticket_id),
         ports::event_bytes(std::move(entry.event), {outline.occurred_at, outline.received_at, log->committed_at}),
         (placement & 1) != 0});
  }
  if (first_batch)
    run.history_before = before;
  run.next_offset = std::max(from, log->next_offset());
  return {};
}

// Key of the batch that holds an offset; empty when no batch begins at or before it.
base::result<std::string> batch_key(const ports::store& store, base::partition_id p, base::log_offset offset) {
  auto found = store.last_at_or_before(family::history, ports::keys::at(p, offset), ports::keys::partition(p));
  if (!found)
    return found.err();
  return *found ? (*found)->first : std::string();
}

} // namespace

pipeline_stamp::pipeline_stamp(base::partition_id partition) {
  stamp_.mutable_pipeline()->set_partition(partition.value);
}

void pipeline_stamp::append_to(std::string& event, base::log_offset offset, base::ticket_sequence sequence, bool late,
                               base::timestamp committed_at) {
  auto& info = *stamp_.mutable_pipeline();
  info.set_offset(offset.value);
  info.set_ticket_sequence(sequence.value);
  info.set_late(late);
  model::set_us(*info.mutable_committed_at(), base::to_us(committed_at));
  stamp_.AppendToString(&event);
}

base::result<history_run> read_history(const ports::store& store, base::partition_id p, base::log_offset from,
                                       base::log_offset end, std::size_t max_events) {
  history_run run{from, from, 0, {}};
  auto start = batch_key(store, p, from);
  if (!start)
    return start.err();
  auto key = start->empty() ? ports::keys::at(p, from) : *start;
  base::result<void> joined;
  const auto visit = [&](std::string_view k, std::string_view value) {
    if (ports::keys::offset_of(k) >= end)
      return false;
    auto log = store.get(family::log, k);
    if (!log || !*log) {
      joined = log ? base::error{base::error_code::corrupt, "a log batch is missing"} : log.err();
      return false;
    }
    joined = join(p, **log, value, from, run);
    return joined && run.items.size() < max_events;
  };
  if (auto scanned = store.scan(family::history, key, ports::keys::after_prefix(ports::keys::partition(p)), visit);
      !scanned)
    return scanned.err();
  if (!joined)
    return joined.err();
  return run;
}

base::result<history_item> read_event(const ports::store& store, base::partition_id p, base::log_offset offset) {
  auto run = read_history(store, p, offset, base::log_offset{offset.value + 1}, 1);
  if (!run)
    return run.err();
  if (run->items.empty() || run->items.front().offset != offset)
    return base::error{base::error_code::not_found, "no event at offset " + std::to_string(offset.value) +
                                                        " of partition " + std::to_string(p.value)};
  return std::move(run->items.front());
}

base::result<std::uint64_t> history_below(const ports::store& store, base::partition_id p, base::log_offset offset) {
  if (offset.value == 0)
    return std::uint64_t{0};
  const base::log_offset last{offset.value - 1};
  auto found = store.last_at_or_before(family::history, ports::keys::at(p, last), ports::keys::partition(p));
  if (!found)
    return found.err();
  if (!*found)
    return std::uint64_t{0};
  v1::AppliedBatch applied;
  if (!applied.ParseFromString((*found)->second))
    return base::error{base::error_code::corrupt, "a history batch cannot be read"};
  auto count = applied.history_before();
  for (int i = 0; i < applied.placements_size(); ++i)
    if (applied.first_offset() + static_cast<std::uint64_t>(i) < offset.value)
      count += applied.placements(i) != 0;
  return count;
}

base::result<history_end> end_of_history(const ports::store& store, base::partition_id p) {
  auto found = store.last_at_or_before(family::history, ports::keys::at(p, base::log_offset{~std::uint64_t{0}}),
                                       ports::keys::partition(p));
  if (!found)
    return found.err();
  if (!*found)
    return history_end{};
  v1::AppliedBatch applied;
  if (!applied.ParseFromString((*found)->second))
    return base::error{base::error_code::corrupt, "a history batch cannot be read"};
  history_end end{base::log_offset{applied.first_offset() + static_cast<std::uint64_t>(applied.placements_size())},
                  applied.history_before()};
  for (const auto placement : applied.placements())
    end.events_below += placement != 0;
  return end;
}

} // namespace cxstream::protocols
