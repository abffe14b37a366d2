#include "protocols/refold.hpp"

#include "model/ticket.hpp"
#include "ports/keys.hpp"
#include "protocols/log_batch.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <map>

namespace cxstream::protocols {

namespace {

using ports::family;

class refolder {
public:
  refolder(const ports::store& store, base::partition_id p, base::log_offset end) : store_(store), p_(p), end_(end) {
  }

  base::result<refold_proof> run(bool compare_states) {
    base::result<void> batches;
    const auto visit = [&](std::string_view key, std::string_view value) {
      if (ports::keys::offset_of(key) >= end_)
        return false;
      batches = fold_batch(key, value);
      return bool(batches);
    };
    const auto prefix = ports::keys::partition(p_);
    if (auto scanned = store_.scan(family::log, prefix, ports::keys::after_prefix(prefix), visit); !scanned)
      return scanned.err();
    if (!batches)
      return batches.err();
    if (next_ < end_)
      find("the log ends at offset " + std::to_string(next_.value) + ", applied was up to " +
           std::to_string(end_.value));
    proof_.tickets = tickets_.size();
    if (compare_states)
      if (auto compared = compare(); !compared)
        return compared.err();
    return std::move(proof_);
  }

private:
  base::result<void> fold_batch(std::string_view key, std::string_view value) {
    auto batch = decode_log_batch(value);
    if (!batch)
      return batch.err();
    if (batch->first_offset != next_)
      find("the log goes from offset " + std::to_string(next_.value) + " to offset " +
           std::to_string(batch->first_offset.value));
    next_ = batch->next_offset();
    auto stored = store_.get(family::history, key);
    if (!stored)
      return stored.err();
    v1::AppliedBatch applied;
    if (!*stored || !applied.ParseFromString(**stored)) {
      find("no history for the log batch at offset " + std::to_string(batch->first_offset.value));
      return {};
    }
    if (applied.history_before() != proof_.events)
      find("history_before is " + std::to_string(applied.history_before()) + " at offset " +
           std::to_string(batch->first_offset.value) + ", counted " + std::to_string(proof_.events));
    for (std::size_t i = 0; i < batch->entries.size(); ++i)
      fold_entry(*batch, i,
                 i < static_cast<std::size_t>(applied.placements_size()) ? applied.placements(static_cast<int>(i)) : 0);
    return {};
  }

  void fold_entry(const committed_batch& batch, std::size_t i, std::uint64_t stored_placement) {
    const model::log_place place{base::log_offset{batch.first_offset.value + i}, batch.committed_at,
                                 batch.dedup_window};
    if (!event_.ParseFromString(batch.entries[i].event)) {
      find("log entry " + std::to_string(place.offset.value) + " cannot be read");
      return;
    }
    auto& ticket = tickets_.try_emplace(event_.ticket_id(), event_.ticket_id(), p_).first->second;
    const auto decided = ticket.apply(event_, batch.entries[i].print, place, model::ticket_index::nothing_rests);
    const auto placement = decided && decided->outcome == model::effect::accepted
                               ? decided->sequence.value << 1 | (decided->late ? 1 : 0)
                               : 0;
    proof_.events += placement != 0;
    if (placement != stored_placement)
      find("entry " + std::to_string(place.offset.value) + " of ticket " + event_.ticket_id() + " was placed at " +
           std::to_string(stored_placement >> 1) + ", folding again gives " + std::to_string(placement >> 1));
  }

  base::result<void> compare() {
    for (const auto& [id, ticket] : tickets_) {
      auto stored = store_.get(family::tickets, ports::keys::ticket(p_, id));
      if (!stored)
        return stored.err();
      v1::TicketSnapshot snapshot;
      if (!*stored || !snapshot.ParseFromString(**stored))
        find("ticket " + id + " has no stored state");
      else if (!google::protobuf::util::MessageDifferencer::Equals(snapshot.state(), ticket.state()))
        find("the stored state of ticket " + id + " differs from the fold of its log");
    }
    return {};
  }

  void find(std::string what) {
    if (proof_.findings.size() < 100)
      proof_.findings.push_back(std::move(what));
  }

  const ports::store& store_;
  base::partition_id p_;
  base::log_offset end_;
  base::log_offset next_; // of the log, as far as it was folded
  refold_proof proof_;
  std::map<std::string, model::ticket, std::less<>> tickets_;
  v1::CanonicalEvent event_;
};

} // namespace

base::result<refold_proof> refold(const ports::store& store, base::partition_id p, base::log_offset end,
                                  bool compare_states) {
  return refolder(store, p, end).run(compare_states);
}

base::result<refold_proof> recount_history(const ports::store& store, base::partition_id p, base::log_offset end) {
  refold_proof proof;
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto first = ports::keys::offset_of(key);
    if (first >= end)
      return false;
    v1::AppliedBatch applied;
    if (!applied.ParseFromArray(value.data(), static_cast<int>(value.size())))
      proof.findings.push_back("the history batch at offset " + std::to_string(first.value) + " cannot be read");
    else if (applied.history_before() != proof.events)
      proof.findings.push_back("history_before is " + std::to_string(applied.history_before()) + " at offset " +
                               std::to_string(first.value) + ", counted " + std::to_string(proof.events));
    for (const auto placement : applied.placements()) {
      proof.events += placement != 0;
      proof.tickets += placement >> 1 == 1;
    }
    return proof.findings.size() < 100;
  };
  const auto prefix = ports::keys::partition(p);
  if (auto scanned = store.scan(family::history, prefix, ports::keys::after_prefix(prefix), visit); !scanned)
    return scanned.err();
  return proof;
}

} // namespace cxstream::protocols
