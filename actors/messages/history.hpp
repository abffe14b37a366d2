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

// sink → partition: I have everything below `from`; send what there is, now or as soon as there is something.
struct history_demand {
  base::log_offset from;

  template <class Inspector>
  friend auto inspect(Inspector& f, history_demand& x) {
    return f(caf::meta::type_name("history_demand"), x.from);
  }
};

// partition → sink: a run that begins at or before the demanded offset, or (no run) word that the store has more up to
// `end`. Sinks share the run; on a wire it travels by value.
struct history_supply {
  std::shared_ptr<const protocols::history_run> run;
  base::log_offset end;           // end of the history now
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
