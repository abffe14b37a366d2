// Messages between sinks and partitions, and questions to a partition. See actors/messages.hpp.
#pragma once

#include "actors/messages/verdict.hpp"
#include "protocols/history.hpp"

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cxstream::actors {

// sink → partition: I have everything below `from`; send what there is, now or as soon as there is something, and no
// more runs than give me `events_max`.
struct history_demand {
  base::log_offset from;
  std::uint32_t events_max = 1;

  template <class Inspector>
  friend auto inspect(Inspector& f, history_demand& x) {
    return f(caf::meta::type_name("history_demand"), x.from, x.events_max);
  }
};

// partition → sink: runs that follow each other, the first of which begins at or before the demanded offset; or (no
// runs) word that the store has more up to `end`. Many, when many small batches came since the last supply: so a sink
// that falls behind reads in larger portions. Sinks share the runs (never null); on a wire they travel by value.
struct history_supply {
  std::vector<std::shared_ptr<const protocols::history_run>> runs;
  base::log_offset end;           // end of the history now
  std::uint64_t events_total = 0; // events in the history now

  template <class Inspector>
  friend auto inspect(Inspector& f, history_supply& x) {
    std::vector<protocols::history_run> values;
    if constexpr (Inspector::reads_state) {
      for (const auto& run : x.runs)
        values.push_back(*run);
    }
    auto load = [&] {
      x.runs.clear();
      for (auto& value : values)
        x.runs.push_back(std::make_shared<const protocols::history_run>(std::move(value)));
      return caf::error{};
    };
    return f(caf::meta::type_name("history_supply"), values, x.end, x.events_total, caf::meta::load_callback(load));
  }
};

// → bytes_answer with a serialized TicketState.
struct ask_ticket {
  std::string ticket_id;

  template <class Inspector>
  friend auto inspect(Inspector& f, ask_ticket& x) {
    return f(caf::meta::type_name("ask_ticket"), x.ticket_id);
  }
};

// → states_answer, for a sink that wants state: the tickets as they are now.
struct ask_tickets {
  std::vector<std::string> ticket_ids;

  template <class Inspector>
  friend auto inspect(Inspector& f, ask_tickets& x) {
    return f(caf::meta::type_name("ask_tickets"), x.ticket_ids);
  }
};

// A serialized TicketState for each ticket asked about, in that order; empty for one that has no event.
struct states_answer {
  verdict result;
  std::vector<std::string> states;

  template <class Inspector>
  friend auto inspect(Inspector& f, states_answer& x) {
    return f(caf::meta::type_name("states_answer"), x.result, x.states);
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

} // namespace cxstream::actors
