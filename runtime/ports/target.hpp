// target: the system behind a sink, as the sink actor sees it. One connector implements it; one worker thread owns each
// instance and calls it, one call at a time. Calls may block; they end within the timeout of their configuration.
//
// Invariants a connector keeps:
//  1. deliver() answers one outcome an event, in the order given.
//  2. A `delivered` outcome means the target has it durably (as durably as the target can say).
//  3. deliver() is idempotent as far as the target allows: an event that it already has is `delivered` and changes
//  nothing.
//  4. Events of one ticket in one call are in ticket_sequence order; when one of them is not delivered, no later one of
//  the
//     same ticket in that call is tried either: it is answered `skipped`.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/event_bytes.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxstream::ports {

// One event on its way to a target.
struct delivery {
  base::partition_id partition;
  base::log_offset offset;
  base::ticket_sequence sequence;
  std::string ticket_id;
  event_bytes event;         // with pipeline fields, not yet projected
  std::uint32_t attempt = 1; // 1 for the first
  bool allow_older = false;  // requeued by an operator past newer events of its ticket, or replayed to one who keeps
                             // history
  std::string affinity = {}; // what it locks at the target (see target_traits::affinity); empty: nothing

  template <class Inspector>
  friend auto inspect(Inspector& f, delivery& x) {
    return f(x.partition, x.offset, x.sequence, x.ticket_id, x.event, x.attempt, x.allow_older, x.affinity);
  }
};

enum class delivery_result : std::uint8_t {
  delivered,
  unreachable, // no answer from the target as a whole (refused, DNS, TLS, disk full, locked): says nothing about the
               // event
  throttled,   // the target asks for a pause (429, 503 with Retry-After): says nothing about the event
  transient,   // this event failed now and may pass later (5xx, 408, timeout of one request)
  permanent,   // this event will never pass (4xx, constraint violation)
  unfit,    // this event cannot be put in the target's shape (unreadable, too large, no such column): nothing was sent
  skipped,  // not tried, because an earlier event of the same ticket in the same call was not delivered
  deferred, // not yet, by the connector's own choice: it wants the event again after retry_after, with what else has
            // come by then. Says nothing about event or target, spends no attempt, holds nothing but the event's ticket
};

// Whether the target, or what speaks to it, has said its last word on the event.
constexpr bool is_final(delivery_result result) {
  return result == delivery_result::delivered || result == delivery_result::permanent ||
         result == delivery_result::unfit;
}

// What became of one event.
struct delivery_outcome {
  delivery_result result = delivery_result::delivered;
  std::string reason;                                   // for people; empty when delivered
  std::optional<std::chrono::milliseconds> retry_after; // the target's own wish
  // What was said to the target and what it answered, for people: at most exchange_bytes_max, without secrets. Empty
  // when nothing was said, or all went well.
  std::string exchange = {};
};

constexpr std::size_t exchange_bytes_max = 4'096;

// How far a target has a partition, where the target itself keeps that (in its own transaction).
struct target_position {
  base::partition_id partition;
  base::log_offset next_offset; // every event below was delivered or filtered
};

// What of an event the target locks while it takes it: two calls side by side never have that in common.
enum class affinity : std::uint8_t { none, account };

struct target_traits {
  std::size_t batch_events_max = 1; // most events one deliver() may carry
  std::size_t concurrency = 1;      // instances that may run side by side
  bool guards_regress = false;      // writes "only if newer" itself, so older events are harmless
  bool keeps_position = false;      // position() answers
  bool one_event_a_ticket = false;  // a deliver() must not carry two events of one ticket
  bool wants_state = false; // keeps tickets as they are and no history: of a ticket's waiting events it is sent one,
                            // with the ticket's state (unless the sink's `coalesce` says otherwise)
  ports::affinity affinity = ports::affinity::none;
  bool request_an_event = false; // a deliver() makes one request an event, not one in all; rates and budgets count them
};

class census;

class target {
public:
  virtual ~target() = default;
  // Connects or opens. Failing is `unavailable` (will be tried again) or `invalid_argument` (configuration).
  virtual base::result<void> open() = 0;
  // Positions kept at the target; empty for targets without. Called once after open().
  virtual base::result<std::vector<target_position>> positions() = 0;
  // Hands events over. `now` stamps pipeline.delivered_at. Any partition mix; see the invariants.
  virtual std::vector<delivery_outcome> deliver(std::span<const delivery> events, base::timestamp now) = 0;
  // Flushes and closes; idempotent.
  virtual void close() = 0;
  // What compares the target with what it should hold and mends it (ports/census.hpp); null where the kind cannot. It
  // lives as long as the target and works while it is open.
  virtual census* census_taker() {
    return nullptr;
  }
};

} // namespace cxstream::ports
