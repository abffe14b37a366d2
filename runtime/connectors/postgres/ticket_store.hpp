// ticket_current: one row a ticket, the fold of its events "only if newer" field by field (promise P4). The tickets of
// a batch are read in one question, folded in memory, and written by COPY to a temporary table and two statements.
// Owned by the target; throws `failure`.
//
// Invariant: a row is overwritten only as it was read, which its count of events tells. Where another writer was first,
// nothing is written and save() says so; after forget() the same batch may be tried again.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/copy_rows.hpp"
#include "connectors/warehouse/text_hash.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::connectors::postgres {

class ticket_store {
public:
  struct ticket {
    std::int64_t key = 0;
    std::uint64_t events = 0;      // folded into `state`
    std::uint64_t events_read = 0; // as the row has it; 0: there is no row
    v1::TicketState state;
  };

  // Once a connection.
  static void create(connection& db);

  // Asks for a ticket; the view must be good until load().
  void want(std::string_view ticket_id);
  void load(connection& db);
  // Precondition: it was asked for, and loaded. Good until trim() or forget().
  ticket& at(std::string_view ticket_id) {
    return tickets_.find(ticket_id)->second;
  }
  // Folds an event that the history did not have before.
  void fold(ticket& t, const v1::CanonicalEvent& event, base::log_offset offset);
  // Writes the tickets that were folded into; false when another writer was first.
  [[nodiscard]] bool save(connection& db, base::timestamp now);
  // After the commit.
  void saved();
  // Tickets that save() writes, or wrote.
  std::size_t changed() const {
    return changed_.size();
  }
  // Between two batches: keeps the memory bounded.
  void trim();
  // After a rollback: nothing in memory is true any more.
  void forget();

private:
  static constexpr std::size_t cached_max = 40'000;

  void put(const ticket& t, base::timestamp now);

  std::vector<std::string_view> wanted_;
  std::unordered_map<std::string, ticket, text_hash, std::equal_to<>> tickets_;
  std::vector<ticket*> changed_;
  copy_rows rows_;
};

} // namespace cxstream::connectors::postgres
