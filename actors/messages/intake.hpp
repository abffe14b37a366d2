// Messages between transport, ingest, partitions and the log writer. See actors/messages.hpp.
#pragma once

#include "actors/messages/verdict.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "protocols/log_batch.hpp"

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <string>
#include <vector>

namespace cxstream::actors {

// transport → ingest: a batch of a client stream, events as serialized CanonicalEvents.
struct submit_batch {
  std::uint64_t batch_id = 0;
  std::vector<std::string> events;
  bool envelope_broken = false;     // events[0] holds bytes that could not be read as a batch
  std::vector<std::string> refused; // records that made no event: serialized DeadLetters without id and time

  template <class Inspector>
  friend auto inspect(Inspector& f, submit_batch& x) {
    return f(caf::meta::type_name("submit_batch"), x.batch_id, x.events, x.envelope_broken, x.refused);
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

} // namespace cxstream::actors
