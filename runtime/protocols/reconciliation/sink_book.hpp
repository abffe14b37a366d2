// What a sink has delivered of each ticket, as its account in the store says. Pure over ports::store; the store may
// move on meanwhile, and each answer says what it is sure of.
#pragma once

#include "model/filter.hpp"
#include "ports/census.hpp"
#include "ports/store.hpp"

#include "cxstream/v1/storage.pb.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxstream::protocols {

// A sink's account in a partition at a moment. An event that it calls delivered was delivered at the latest when the
// moment was over.
struct sink_moment {
  v1::SinkCursor cursor;
  std::vector<std::uint64_t> waiting; // offsets, sorted
  std::vector<std::uint64_t> dead;    // offsets, sorted

  bool has_delivered(base::log_offset offset) const;
  bool gave_up(base::log_offset offset) const;
};

// The events of a ticket that the target may have: the delivered ones first, then what is on its way or pending.
struct ticket_events {
  std::vector<ports::delivery> events;
  std::size_t delivered = 0;  // the target has what these say, at least
  bool is_on_its_way = false; // of a sink of state: a delivery that is to come says all of it
};

// Every event, or what tickets came to (a sink that coalesces).
enum class kept_by_sink : std::uint8_t { history, state };

class sink_book {
public:
  // What the sink's filter wants. References are kept.
  sink_book(const ports::store& store, std::string sink, const model::compiled_filter& filter, kept_by_sink kept)
      : store_(store), sink_(std::move(sink)), filter_(filter), kept_(kept) {
  }

  // Errors: io, corrupt.
  base::result<sink_moment> look(base::partition_id p) const;

  // What the target should hold of every ticket of the partition, as delivered before `end`. At most `tickets_at_once`
  // tickets are in memory at a time, of about `tickets`; the history is read once for each such part. Errors: io,
  // corrupt.
  struct portion {
    std::uint64_t tickets = 0;
    std::uint64_t tickets_at_once = 20'000;
  };
  base::result<void> expect(base::partition_id p, base::log_offset end, const ports::census& target, portion size,
                            const std::function<void(ports::census_row)>& take) const;

  // The history of one ticket, of which the partition gave the offsets. Events whose offset cannot be read yet, and all
  // later ones, are left out. A sink of state counts an event as decided when another one is to carry it; so while
  // anything is on its way, or after a last event that was given up, none is surely delivered. Errors: io, corrupt.
  base::result<ticket_events> of_ticket(base::partition_id p, std::span<const base::log_offset> offsets,
                                        const sink_moment& moment) const;

private:
  bool wants(const ports::delivery& event) const;

  const ports::store& store_;
  std::string sink_;
  const model::compiled_filter& filter_;
  kept_by_sink kept_;
};

// What the target may hold of the ticket: its rows after each number of events from the delivered ones on. When none is
// delivered, the first row is that of the first event, and there may be none.
std::vector<ports::census_row> rows_of(const ticket_events& ticket, const ports::census& target);

} // namespace cxstream::protocols
