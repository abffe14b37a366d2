// One transaction of the postgres sink: some events, prepared, written to the warehouse. Owned by the target; throws
// `failure` with the transaction open.
//
// Invariant: what is in memory is what is committed, plus what the open transaction wrote; undo() after a failure.
#pragma once

#include "connectors/postgres/fact_stage.hpp"
#include "connectors/postgres/ticket_store.hpp"
#include "connectors/written_offsets.hpp"

#include <vector>

namespace cxstream::connectors::postgres {

using prepared_events = std::vector<const prepared_event*>;

// Another writer changed tickets of the batch since they were read: the same again will do.
class overtaken : public std::runtime_error {
public:
  overtaken() : std::runtime_error("another writer changed tickets of the batch") {
  }
};

// The warehouse has other events at places of these.
class strange_events : public std::runtime_error {
public:
  explicit strange_events(std::unordered_set<std::int64_t> keys)
      : std::runtime_error("the warehouse has another event at this place: it was filled from another data directory;"
                           " name a new schema"),
        keys_(std::move(keys)) {
  }
  const std::unordered_set<std::int64_t>& keys() const {
    return keys_;
  }

private:
  std::unordered_set<std::int64_t> keys_;
};

class loader {
public:
  // On a connection whose schema is there.
  loader(connection& db, std::uint64_t disorder_max);

  // One transaction. Throws failure, overtaken, strange_events.
  void write(const prepared_events& events, base::timestamp now);
  // One transaction: what is there of the ticket goes, and these, all events of it that should be there, come. False,
  // and nothing changed, when the ticket has a newer event than these, and not the one `seen`.
  bool rewrite(const prepared_events& events, base::ticket_sequence seen, base::timestamp now);
  // One transaction: what is there of a ticket goes.
  void erase(const std::string& ticket_id);
  void note_refused(const prepared_event& event, std::string_view why, base::timestamp now);
  void undo();
  // Where the warehouse is in each partition.
  std::vector<ports::target_position> positions();

private:
  struct counts {
    std::size_t inserted = 0;
    std::size_t late = 0;
    std::size_t discarded = 0;
  };

  void find_writer();
  void note_writer();
  void write_open(const prepared_events& events, base::timestamp now);
  void look_up(const prepared_events& events);
  prepared_events load_facts(const prepared_events& events, base::timestamp now);
  void check_places(const prepared_events& fresh);
  void note_discards(const prepared_event& event, base::timestamp now);
  partition_offsets save_cursors(const prepared_events& events, base::timestamp now);
  void audit(const prepared_events& events, const counts& n, base::timestamp now);

  connection& db_;
  dimensions dims_;
  fact_stage facts_;
  ticket_store tickets_;
  std::uint64_t disorder_max_;
  std::string server_; // which run of the server's history this is
  bool may_have_lost_ = false;
  bool writer_noted_ = false;
  partition_offsets partitions_;
};

} // namespace cxstream::connectors::postgres
