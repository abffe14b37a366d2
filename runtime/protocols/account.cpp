#include "protocols/account.hpp"

#include "ports/keys.hpp"
#include "protocols/dead_letters.hpp"
#include "protocols/history.hpp"

namespace cxstream::protocols {

using ports::family;

namespace {

base::result<std::uint64_t> count_waiting(const ports::store& store, std::string_view sink, base::partition_id p) {
  const auto prefix = ports::keys::sink_partition(sink, p);
  std::uint64_t count = 0;
  const auto visit = [&](std::string_view, std::string_view) {
    ++count;
    return true;
  };
  if (auto scanned = store.scan(family::waiting, prefix, ports::keys::after_prefix(prefix), visit); !scanned)
    return scanned.err();
  return count;
}

struct recount {
  std::uint64_t decided = 0; // history events at or before which the sink has decided
  std::uint64_t waiting = 0;
  std::uint64_t dead = 0;
};

base::result<recount> count_again(const ports::store& store, std::string_view sink, base::partition_id p,
                                  const v1::SinkCursor& cursor) {
  auto below = history_below(store, p, base::log_offset{cursor.next_offset()});
  if (!below)
    return below.err();
  auto waiting = count_waiting(store, sink, p);
  if (!waiting)
    return waiting.err();
  auto dead = count_letters(store, ports::keys::dead_delivery_prefix(sink, p));
  if (!dead)
    return dead.err();
  return recount{*below + static_cast<std::uint64_t>(cursor.decided_above_size()), *waiting, *dead};
}

void hold_against(std::uint64_t counted, std::uint64_t written, const char* what, std::vector<std::string>& findings) {
  if (counted != written)
    findings.push_back(std::string(what) + ": the store has " + std::to_string(counted) + ", the cursor says " +
                       std::to_string(written));
}

} // namespace

base::result<v1::SinkCursor> read_cursor(const ports::store& store, std::string_view sink, base::partition_id p) {
  auto found = store.get(family::cursors, ports::keys::sink_partition(sink, p));
  if (!found)
    return found.err();
  v1::SinkCursor cursor;
  if (*found && !cursor.ParseFromString(**found))
    return base::error{base::error_code::corrupt, "the cursor of sink " + std::string(sink) + " in partition " +
                                                      std::to_string(p.value) + " cannot be read"};
  return cursor;
}

base::result<account_proof> prove_account(const ports::store& store, std::string_view sink, base::partition_id p,
                                          std::uint64_t history_total) {
  constexpr int tries = 50; // a sink at full speed moves its cursor every few milliseconds
  for (int i = 0;; ++i) {
    auto before = read_cursor(store, sink, p);
    if (!before)
      return before.err();
    auto counted = count_again(store, sink, p, *before);
    if (!counted)
      return counted.err();
    auto after = read_cursor(store, sink, p);
    if (!after)
      return after.err();
    if (before->SerializeAsString() != after->SerializeAsString() && i + 1 < tries)
      continue;
    account_proof proof;
    const auto& c = *before;
    const auto told = c.delivered() + c.filtered() + c.coalesced() + c.waiting() + c.dead() + c.discarded();
    hold_against(counted->decided - c.history_base(), told, "events decided", proof.findings);
    hold_against(counted->waiting, c.waiting(), "waiting", proof.findings);
    hold_against(counted->dead, c.dead(), "dead", proof.findings);
    const auto total = std::max(history_total, counted->decided);
    proof.counts.set_committed(total - c.history_base());
    proof.counts.set_delivered(c.delivered());
    proof.counts.set_filtered(c.filtered());
    proof.counts.set_coalesced(c.coalesced());
    proof.counts.set_waiting(counted->waiting);
    proof.counts.set_dead(counted->dead);
    proof.counts.set_discarded(c.discarded());
    proof.counts.set_pending(total - counted->decided);
    return proof;
  }
}

} // namespace cxstream::protocols
