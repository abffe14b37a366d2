// Messages between actors. Every one could cross a network: plain structs of values and protobuf bytes, each with a
// round-trip test (tests/actors/messages_test.cpp), because a field left out of inspect() is lost silently.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/services.hpp"
#include "ports/target.hpp"
#include "protocols/history.hpp"
#include "protocols/log_batch.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::actors {

// How something ended, inside other messages.
struct verdict {
  bool ok = true;
  base::error why;

  static verdict of(const base::result<void>& r) {
    return r ? verdict{} : verdict{false, r.err()};
  }
  template <class Inspector>
  friend auto inspect(Inspector& f, verdict& x) {
    return f(x.ok, x.why);
  }
};

// --- intake ---------------------------------------------------------------------------------------------------------

// transport → ingest: a batch of a client stream, events as serialized CanonicalEvents.
struct submit_batch {
  std::uint64_t batch_id = 0;
  std::vector<std::string> events;
  bool envelope_broken = false; // events[0] holds bytes that could not be read as a batch

  template <class Inspector>
  friend auto inspect(Inspector& f, submit_batch& x) {
    return f(caf::meta::type_name("submit_batch"), x.batch_id, x.events, x.envelope_broken);
  }
};

// ingest → partition: events for its log.
struct append_events {
  std::vector<protocols::log_entry> entries;

  template <class Inspector>
  friend auto inspect(Inspector& f, append_events& x) {
    return f(caf::meta::type_name("append_events"), x.entries);
  }
};

// What became of one appended event.
struct append_outcome {
  model::effect effect = model::effect::accepted;
  base::ticket_sequence sequence;
  base::log_offset offset;
  bool late = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, append_outcome& x) {
    return f(x.effect, x.sequence, x.offset, x.late);
  }
};

// partition → ingest: durable and decided, one outcome an entry; or nothing is known (the source sends again).
struct append_answer {
  verdict result;
  std::vector<append_outcome> outcomes;

  template <class Inspector>
  friend auto inspect(Inspector& f, append_answer& x) {
    return f(caf::meta::type_name("append_answer"), x.result, x.outcomes);
  }
};

// partition → log writer: one encoded LogBatch to make durable.
struct log_append {
  base::partition_id partition;
  base::log_offset first_offset;
  std::uint32_t entries = 0;
  std::string value;

  template <class Inspector>
  friend auto inspect(Inspector& f, log_append& x) {
    return f(caf::meta::type_name("log_append"), x.partition, x.first_offset, x.entries, x.value);
  }
};

// log writer → partition: what became of the append.
struct log_appended {
  base::log_offset first_offset;
  base::timestamp committed_at;
  verdict result;

  template <class Inspector>
  friend auto inspect(Inspector& f, log_appended& x) {
    auto us = base::to_us(x.committed_at);
    auto load = [&] {
      x.committed_at = base::from_us(us);
      return caf::error{};
    };
    return f(caf::meta::type_name("log_appended"), x.first_offset, us, x.result, caf::meta::load_callback(load));
  }
};

// log writer → everyone who writes: the disk works again; look at the store anew.
struct store_mended {
  template <class Inspector>
  friend auto inspect(Inspector& f, store_mended&) {
    return f(caf::meta::type_name("store_mended"));
  }
};

// anyone → log writer: dead letters to make durable in the next group commit.
struct keep_dead_letters {
  std::vector<std::string> letters; // serialized DeadLetter

  template <class Inspector>
  friend auto inspect(Inspector& f, keep_dead_letters& x) {
    return f(caf::meta::type_name("keep_dead_letters"), x.letters);
  }
};

// --- history --------------------------------------------------------------------------------------------------------

// sink → partition: I have everything below `from`; send what there is, now or as soon as there is something.
struct history_demand {
  base::log_offset from;

  template <class Inspector>
  friend auto inspect(Inspector& f, history_demand& x) {
    return f(caf::meta::type_name("history_demand"), x.from);
  }
};

// partition → sink: a run that begins at or before the demanded offset, or (no run) word that the store has more up to `end`.
// Sinks share the run; on a wire it travels by value.
struct history_supply {
  std::shared_ptr<const protocols::history_run> run;
  base::log_offset end;          // end of the history now
  std::uint64_t events_total = 0; // events in the history now

  template <class Inspector>
  friend auto inspect(Inspector& f, history_supply& x) {
    protocols::history_run value;
    bool has_run = x.run != nullptr;
    if constexpr (Inspector::reads_state) {
      if (has_run)
        value = *x.run;
    }
    auto load = [&] {
      x.run = has_run ? std::make_shared<const protocols::history_run>(std::move(value)) : nullptr;
      return caf::error{};
    };
    return f(caf::meta::type_name("history_supply"), has_run, value, x.end, x.events_total,
             caf::meta::load_callback(load));
  }
};

// --- questions to a partition ---------------------------------------------------------------------------------------

// → bytes_answer with a serialized TicketState.
struct ask_ticket {
  std::string ticket_id;

  template <class Inspector>
  friend auto inspect(Inspector& f, ask_ticket& x) {
    return f(caf::meta::type_name("ask_ticket"), x.ticket_id);
  }
};

// → offsets_answer: log offsets of a ticket's history from a sequence on.
struct ask_ticket_offsets {
  std::string ticket_id;
  base::ticket_sequence from;
  std::uint32_t count = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, ask_ticket_offsets& x) {
    return f(caf::meta::type_name("ask_ticket_offsets"), x.ticket_id, x.from, x.count);
  }
};

// → bytes_answer with a serialized PartitionApplied of this moment; also makes a checkpoint when asked.
struct ask_totals {
  bool checkpoint = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, ask_totals& x) {
    return f(caf::meta::type_name("ask_totals"), x.checkpoint);
  }
};

struct bytes_answer {
  verdict result;
  std::string bytes;

  template <class Inspector>
  friend auto inspect(Inspector& f, bytes_answer& x) {
    return f(caf::meta::type_name("bytes_answer"), x.result, x.bytes);
  }
};

struct offsets_answer {
  verdict result;
  std::vector<base::log_offset> offsets;

  template <class Inspector>
  friend auto inspect(Inspector& f, offsets_answer& x) {
    return f(caf::meta::type_name("offsets_answer"), x.result, x.offsets);
  }
};

// --- delivery -------------------------------------------------------------------------------------------------------

// sink → courier: events of one partition to deliver; answered by delivery_answer with the same id.
struct delivery_request {
  base::partition_id partition;
  std::uint64_t id = 0;
  std::vector<ports::delivery> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, delivery_request& x) {
    return f(caf::meta::type_name("delivery_request"), x.partition, x.id, x.events);
  }
};

// What became of one event of a delivery.
struct settled {
  std::uint32_t position = 0; // in the delivery
  ports::delivery_result result = ports::delivery_result::delivered;
  std::string reason;
  std::int64_t retry_after_ms = -1; // none when negative

  template <class Inspector>
  friend auto inspect(Inspector& f, settled& x) {
    return f(x.position, x.result, x.reason, x.retry_after_ms);
  }
};

// courier → sink: outcomes of some or all events of a delivery; never unreachable or throttled (the courier tries those
// again itself).
struct delivery_answer {
  std::uint64_t id = 0;
  std::vector<settled> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, delivery_answer& x) {
    return f(caf::meta::type_name("delivery_answer"), x.id, x.events);
  }
};

// courier → target worker: one call of the target; answered by target_answer.
struct target_call {
  std::uint64_t id = 0;
  std::vector<ports::delivery> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, target_call& x) {
    return f(caf::meta::type_name("target_call"), x.id, x.events);
  }
};

// target worker → courier: one outcome an event of the call, in order.
struct target_answer {
  std::uint64_t id = 0;
  std::vector<settled> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, target_answer& x) {
    return f(caf::meta::type_name("target_answer"), x.id, x.events);
  }
};

// sink → courier: here is a partition of the sink; answered by begin_delivery when the target is there.
struct join_courier {
  base::partition_id partition;

  template <class Inspector>
  friend auto inspect(Inspector& f, join_courier& x) {
    return f(caf::meta::type_name("join_courier"), x.partition);
  }
};

// sink → courier, about once a second: how far behind the sink is in its partition.
struct sink_lag {
  base::partition_id partition;
  std::uint64_t events = 0;
  std::int64_t oldest_committed_at_us = 0; // 0 when nothing is pending
  std::uint64_t waiting = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, sink_lag& x) {
    return f(caf::meta::type_name("sink_lag"), x.partition, x.events, x.oldest_committed_at_us, x.waiting);
  }
};

// target worker → courier: the target is open, and where it is (for targets that keep that).
struct target_opened {
  struct position {
    base::partition_id partition;
    base::log_offset next_offset;

    template <class Inspector>
    friend auto inspect(Inspector& f, position& x) {
      return f(x.partition, x.next_offset);
    }
  };
  std::vector<position> positions;

  template <class Inspector>
  friend auto inspect(Inspector& f, target_opened& x) {
    return f(caf::meta::type_name("target_opened"), x.positions);
  }
};

// courier → sink: the target is there; begin, not beyond where the target is (when it says so).
struct begin_delivery {
  bool keeps_position = false;
  base::log_offset target_position;

  template <class Inspector>
  friend auto inspect(Inspector& f, begin_delivery& x) {
    return f(caf::meta::type_name("begin_delivery"), x.keeps_position, x.target_position);
  }
};

// --- operating a sink's partition -----------------------------------------------------------------------------------

struct pause_delivery {
  bool paused = true;

  template <class Inspector>
  friend auto inspect(Inspector& f, pause_delivery& x) {
    return f(caf::meta::type_name("pause_delivery"), x.paused);
  }
};

// → verdict
struct seek_delivery {
  base::log_offset next_offset;
  bool to_end = false; // then next_offset is not looked at

  template <class Inspector>
  friend auto inspect(Inspector& f, seek_delivery& x) {
    return f(caf::meta::type_name("seek_delivery"), x.next_offset, x.to_end);
  }
};

// → verdict: a dead letter of this sink and partition goes back to its ticket's lane.
struct requeue_delivery {
  base::log_offset offset;
  bool allow_older = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, requeue_delivery& x) {
    return f(caf::meta::type_name("requeue_delivery"), x.offset, x.allow_older);
  }
};

// → verdict: a dead letter of this sink and partition is given up for good.
struct discard_delivery {
  base::log_offset offset;

  template <class Inspector>
  friend auto inspect(Inspector& f, discard_delivery& x) {
    return f(caf::meta::type_name("discard_delivery"), x.offset);
  }
};

// → bytes_answer with serialized DeliveryCounts of this moment.
struct ask_counts {
  template <class Inspector>
  friend auto inspect(Inspector& f, ask_counts&) {
    return f(caf::meta::type_name("ask_counts"));
  }
};

// --- a consumer that reads by gRPC ------------------------------------------------------------------------------------

// node → subscriber: a stream was opened for it. Never leaves the node: a stream is where its socket is.
struct attach_stream {
  std::uint64_t stream = 0; // names the stream in detach_stream
  std::uint32_t credit_events = 0;
  std::string projection; // serialized Projection
  std::shared_ptr<ports::subscriber_listener> listener;
};

// node → subscriber: the stream is gone.
struct detach_stream {
  std::uint64_t stream = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, detach_stream& x) {
    return f(caf::meta::type_name("detach_stream"), x.stream);
  }
};

// node → subscriber: serialized AckEvents or NackEvents of the stream.
struct consumer_word {
  std::uint64_t stream = 0;
  bool refuses = false;
  std::string bytes;

  template <class Inspector>
  friend auto inspect(Inspector& f, consumer_word& x) {
    return f(caf::meta::type_name("consumer_word"), x.stream, x.refuses, x.bytes);
  }
};

} // namespace cxstream::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cxstream::actors::attach_stream)

CAF_BEGIN_TYPE_ID_BLOCK(cxstream, first_custom_type_id)
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::verdict))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::submit_batch))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::append_events))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::append_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::log_append))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::log_appended))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::store_mended))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::keep_dead_letters))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::history_demand))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::history_supply))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_ticket))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_ticket_offsets))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_totals))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::bytes_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::offsets_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::delivery_request))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::delivery_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_call))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::join_courier))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::sink_lag))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_opened))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::begin_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::pause_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::seek_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::requeue_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::discard_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_counts))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::attach_stream))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::detach_stream))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::consumer_word))
CAF_ADD_ATOM(cxstream, cxstream::actors, tick_atom, "cx_tick")
CAF_ADD_ATOM(cxstream, cxstream::actors, commit_atom, "cx_commit")
CAF_ADD_ATOM(cxstream, cxstream::actors, mend_atom, "cx_mend")
CAF_ADD_ATOM(cxstream, cxstream::actors, stop_atom, "cx_stop")
CAF_END_TYPE_ID_BLOCK(cxstream)
