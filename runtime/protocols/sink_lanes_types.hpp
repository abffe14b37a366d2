// What goes into and comes out of sink_lanes: plain values.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "ports/target.hpp"
#include "protocols/backoff.hpp"

#include "cxstream/v1/storage.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cxstream::protocols {

struct sink_limits {
  std::uint32_t in_flight_events_max = 1'024; // events read and not decided, with the decided ones between them
  std::uint32_t lanes_max = 10'000;           // waiting tickets; from there on nothing new is read
  std::uint32_t batch_events_max = 1;         // events one delivery may carry
  std::uint32_t batches_in_flight_max = 8;    // deliveries sent and not answered
  bool one_event_a_ticket = false;            // a delivery carries at most one event of a ticket
  bool coalesce = false;                      // of a ticket's events that wait to be sent only one is sent
};

// The account of a sink in a partition (promise P7), counted from the beginning or the last seek.
struct sink_counts {
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t waiting = 0;
  std::uint64_t dead = 0;
  std::uint64_t discarded = 0;

  // Events decided; equals the history events below the cursor, less history_base, plus those decided above it.
  std::uint64_t decided() const {
    return delivered + filtered + coalesced + waiting + dead + discarded;
  }
  bool operator==(const sink_counts&) const = default;
};

sink_counts counts_of(const v1::SinkCursor& cursor);

// The newest waiting event of a ticket.
struct lane_tail {
  base::log_offset offset;
  bool late = false;
  bool allows_older = false;
  bool has_failed = false; // attempts were spent on it
};

lane_tail tail_of(base::log_offset offset, const v1::WaitingEntry& entry);

// A ticket with waiting events, as found on disk at start.
struct restored_lane {
  std::string ticket_id;
  base::log_offset head;     // its lowest waiting offset
  v1::WaitingEntry entry;    // of the head
  std::uint64_t waiting = 1; // number of its waiting events
  lane_tail last = {};
};

struct history_event {
  base::log_offset offset;
  base::ticket_sequence sequence;
  std::string ticket_id;
  ports::event_bytes event; // may be left empty when not wanted
  bool wanted = true;
  bool late = false; // older than what its ticket had seen (promise P4)
};

// What to read next.
struct read_demand {
  base::log_offset from;
  std::uint32_t events_max;
};

// What was read: every history event of [from, next), in order of offset.
struct history_page {
  base::log_offset from; // as in the demand
  std::vector<history_event> events;
  base::log_offset next;
};

// What became of the event at `position` of a delivery. delivered, transient, permanent or skipped.
struct settled_event {
  std::uint32_t position = 0;
  ports::delivery_outcome outcome;
};

// A waiting event that was loaded.
struct loaded_event {
  base::log_offset offset;
  base::ticket_sequence sequence;
  ports::event_bytes event;
  v1::WaitingEntry entry;
};

// A dead letter that an operator wants tried again.
struct requeue_request {
  std::string ticket_id;
  base::log_offset offset;
  bool newer_delivered = false;  // the sink has delivered an event of this ticket with a larger offset
  bool allow_older = false;      // the operator wants it all the same
  bool late = false;             // see history_event
  std::string edited_event = {}; // what an operator made of it, to be sent in its place; empty: the history's
};

enum class requeue_result : std::uint8_t {
  accepted,
  refused_superseded, // a newer event of the ticket was delivered or is on its way (promise P3)
  refused_full,       // as many tickets wait as may; later
};

enum class dead_reason : std::uint8_t {
  permanent,    // the target will never take it
  budget_spent, // all attempts failed
  unreadable,   // it could not be read from the history any more
  unfit,        // it cannot be put in the target's shape
};
// As in DeadLetter.reason.
std::string_view name_of(dead_reason reason);
// Of an outcome that is final and not `delivered`.
constexpr dead_reason reason_of(ports::delivery_result refused) {
  return refused == ports::delivery_result::unfit ? dead_reason::unfit : dead_reason::permanent;
}

using kept_attempts = google::protobuf::RepeatedPtrField<v1::DeliveryAttempt>;
constexpr int kept_attempts_max = 5;
// The entry with a failed attempt more; the last few are kept with what was said.
v1::WaitingEntry one_more_attempt(v1::WaitingEntry entry, const ports::delivery_outcome& outcome, base::timestamp now);

// Changes to the store.
struct put_waiting {
  std::string ticket_id;
  base::log_offset offset;
  v1::WaitingEntry entry;
};
struct erase_waiting {
  std::string ticket_id;
  base::log_offset offset;
};
struct put_dead_letter {
  std::string ticket_id;
  base::log_offset offset;
  base::ticket_sequence sequence; // 0 when unreadable
  std::string event;              // empty when unreadable
  dead_reason reason;
  std::uint32_t attempts;
  std::string last_error;
  base::timestamp dead_at;
  kept_attempts tries; // the last ones
  bool edited = false; // `event` is what an operator made of it
};
struct erase_dead_letter {
  base::log_offset offset;
};
// All waiting entries of this sink and partition.
struct erase_all_waiting {};
// All dead letters of this sink and partition at or above the offset.
struct erase_dead_letters_from {
  base::log_offset offset;
};
using sink_write = std::variant<put_waiting, erase_waiting, put_dead_letter, erase_dead_letter, erase_all_waiting,
                                erase_dead_letters_from>;

struct outgoing_delivery {
  std::uint64_t id = 0;
  std::vector<ports::delivery> events = {};
  bool background = false; // nothing waits for it: may be called after everything else
};

// What sink_lanes does with an event that is to be sent once more.
enum class replay_fate : std::uint8_t {
  taken,   // leaves in the call's delivery
  carried, // something that is about to be sent of its ticket says the same
  left,    // the sink has not come so far itself
  busy,    // its ticket has something else to send, or there is no room; again in a moment
};

// An event of the history, once more.
struct replay_event {
  base::log_offset offset;
  base::ticket_sequence sequence;
  std::string ticket_id;
  ports::event_bytes event;
  bool allow_older = false; // for a sink that keeps history
};

// What became of the event at `position` of a delivery made by replay(). It is in no account of the sink's.
struct replayed {
  std::uint64_t delivery_id = 0;
  std::uint32_t position = 0;
  ports::delivery_outcome outcome;
};

// Find the ticket's first waiting event at or after `from` and its history event; answer with on_loaded, on_unreadable
// or on_nothing_waiting.
struct load_waiting {
  std::uint64_t id;
  std::string ticket_id;
  base::log_offset from;
};

// What the owner has to carry out. `writes` (in order) and `cursor` go into one atomic batch; when it is written, the
// deliveries are sent and the loads started. Effects of several calls may be gathered in one object.
struct sink_effects {
  std::vector<sink_write> writes;
  std::optional<v1::SinkCursor> cursor;
  std::vector<outgoing_delivery> deliveries;
  std::vector<load_waiting> loads;
  std::vector<replayed> replays;

  bool must_write() const {
    return cursor.has_value() || !writes.empty();
  }
};

} // namespace cxstream::protocols
