#include "model/ticket.hpp"

#include "model/ticket_fold.hpp"

#include <google/protobuf/arena.h>

#include <algorithm>

namespace cxstream::model {

namespace {

constexpr std::size_t lookup_threshold = 24; // below it a scan from the newest entry is faster than hashing

bool same_key(const fingerprint& a, const fingerprint& b) {
  return a.key_low == b.key_low && a.key_high == b.key_high;
}

} // namespace

ticket::ticket(std::string_view ticket_id, base::partition_id partition) {
  state_.set_ticket_id(ticket_id.data(), ticket_id.size());
  state_.set_partition(partition.value);
}

ticket::ticket(v1::TicketSnapshot snapshot, const std::vector<v1::TicketIndex>& recent_runs)
    : state_(std::move(*snapshot.mutable_state())), sealed_(snapshot.sealed_runs()) {
  base_ = (sealed_ - recent_runs.size()) * run_length;
  for (const auto& run : recent_runs)
    load_run(run);
  load_run(snapshot.open_run());
  rebuild_lookup();
}

decision ticket::apply(const v1::CanonicalEvent& event, const fingerprint& print, const log_place& place) {
  if (const auto* first = find(print, place)) {
    const auto outcome = first->print.content == print.content ? effect::duplicate : effect::conflict;
    const auto index = static_cast<std::uint64_t>(first - entries_.data());
    return {outcome, base::ticket_sequence{base_ + index + 1}, false};
  }
  const auto rev = revision_of(event, place.offset);
  const bool first_event = state_.ticket_sequence() == 0;
  const bool late = !first_event && rev < from_proto(state_.newest());
  fold_fields(state_, event, rev);
  state_.set_ticket_sequence(state_.ticket_sequence() + 1);
  if (late) {
    state_.set_late_events(state_.late_events() + 1);
  } else {
    to_proto(rev, *state_.mutable_newest());
    *state_.mutable_last_occurred_at() = event.occurred_at();
  }
  if (first_event || rev.occurred_at_us < to_us(state_.first_occurred_at()))
    *state_.mutable_first_occurred_at() = event.occurred_at();
  remember(print, place);
  return {effect::accepted, base::ticket_sequence{state_.ticket_sequence()}, late};
}

base::log_offset ticket::offset_of(base::ticket_sequence sequence) const {
  return entries_[sequence.value - 1 - base_].offset;
}

const ticket::entry* ticket::find(const fingerprint& print, const log_place& place) const {
  const auto oldest = base::to_us(place.committed_at - place.dedup_window);
  const auto matches = [&](const entry& e) { return same_key(e.print, print) && e.committed_at_us >= oldest; };
  if (lookup_.empty()) {
    const auto it = std::find_if(entries_.rbegin(), entries_.rend(), matches);
    return it == entries_.rend() ? nullptr : &*it;
  }
  const auto it = lookup_.find(print.key_low);
  if (it == lookup_.end())
    return nullptr;
  const auto& found = entries_[it->second];
  return matches(found) ? &found : nullptr;
}

void ticket::remember(const fingerprint& print, const log_place& place) {
  entries_.push_back({place.offset, base::to_us(place.committed_at), print});
  if (!lookup_.empty())
    lookup_[print.key_low] = static_cast<std::uint32_t>(entries_.size() - 1);
  else if (entries_.size() > lookup_threshold)
    rebuild_lookup();
}

void ticket::rebuild_lookup() {
  lookup_.clear();
  if (entries_.size() <= lookup_threshold)
    return;
  lookup_.reserve(entries_.size() * 2);
  for (std::uint32_t i = 0; i < entries_.size(); ++i)
    lookup_[entries_[i].print.key_low] = i;
}

void ticket::load_run(const v1::TicketIndex& run) {
  std::uint64_t offset = 0;
  std::int64_t committed = 0;
  for (int i = 0; i < run.offset_deltas_size(); ++i) {
    offset += run.offset_deltas(i);
    committed += run.committed_at_us_deltas(i);
    entries_.push_back(
        {base::log_offset{offset}, committed, {run.key_hash_high(i), run.key_hash_low(i), run.content_hash(i)}});
  }
}

void ticket::fill_index(std::size_t from_sequence0, std::size_t count, v1::TicketIndex& run) const {
  const auto reserve = [count](auto* field) { field->Reserve(static_cast<int>(count)); };
  reserve(run.mutable_offset_deltas());
  reserve(run.mutable_committed_at_us_deltas());
  reserve(run.mutable_key_hash_high());
  reserve(run.mutable_key_hash_low());
  reserve(run.mutable_content_hash());
  std::uint64_t offset = 0;
  std::int64_t committed = 0;
  for (auto i = from_sequence0 - base_; i < from_sequence0 - base_ + count; ++i) {
    const auto& e = entries_[i];
    run.add_offset_deltas(e.offset.value - offset);
    run.add_committed_at_us_deltas(e.committed_at_us - committed);
    offset = e.offset.value;
    committed = e.committed_at_us;
    run.add_key_hash_high(e.print.key_high);
    run.add_key_hash_low(e.print.key_low);
    run.add_content_hash(e.print.content);
  }
}

// The state is lent to the message while it is serialized, not copied.
std::string ticket::snapshot() const {
  google::protobuf::Arena arena;
  auto& out = *google::protobuf::Arena::CreateMessage<v1::TicketSnapshot>(&arena);
  const auto full = state_.ticket_sequence() / run_length;
  out.set_sealed_runs(static_cast<std::uint32_t>(full));
  fill_index(full * run_length, state_.ticket_sequence() - full * run_length, *out.mutable_open_run());
  out.unsafe_arena_set_allocated_state(const_cast<v1::TicketState*>(&state_));
  auto bytes = out.SerializeAsString();
  out.unsafe_arena_release_state();
  return bytes;
}

std::vector<ticket::sealed_run> ticket::newly_sealed() const {
  std::vector<sealed_run> out;
  const auto full = static_cast<std::uint32_t>(state_.ticket_sequence() / run_length);
  for (auto n = sealed_; n < full; ++n) {
    out.push_back({n, {}});
    fill_index(std::size_t{n} * run_length, run_length, out.back().run);
  }
  return out;
}

void ticket::written(base::timestamp newest_commit, std::chrono::seconds dedup_window) {
  sealed_ = static_cast<std::uint32_t>(state_.ticket_sequence() / run_length);
  const auto oldest = base::to_us(newest_commit - dedup_window);
  std::size_t runs = 0; // whole runs at the front that nobody needs any more
  while ((base_ + (runs + 1) * run_length) <= std::uint64_t{sealed_} * run_length &&
         entries_[(runs + 1) * run_length - 1].committed_at_us < oldest)
    ++runs;
  if (runs == 0)
    return;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(runs * run_length));
  base_ += runs * run_length;
  rebuild_lookup();
}

} // namespace cxstream::model
