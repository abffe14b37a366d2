// ticket_current: one row a ticket, the fold of its events "only if newer" field by field (promise P4). A ticket is
// read when the first event of a transaction touches it, folded in memory, and written once. Owned by the target;
// throws sqlite_failure.
#pragma once

#include "base/ids.hpp"
#include "connectors/sqlite/database.hpp"
#include "connectors/sqlite/dimensions.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::connectors {

class ticket_table {
public:
  struct ticket {
    std::int64_t key = 0;
    v1::TicketState state;
    bool changed = false;
  };

  explicit ticket_table(database& db);

  // The ticket's row, made when it is new. The reference is good until the next flush() or forget().
  ticket& at(std::string_view ticket_id);
  // Folds an event that the history did not have before.
  void fold(ticket& t, const v1::CanonicalEvent& event, base::log_offset offset);
  // Writes the tickets that changed. They stay in memory for the next transaction as long as they are few.
  void flush();
  // After a rollback: nothing in memory is true any more.
  void forget() {
    tickets_.clear();
    changed_.clear();
  }

private:
  static constexpr std::size_t cached_max = 40'000;

  void write(ticket& t);
  void bind_signal(int first_parameter, const v1::RevisedSignal& signal);

  database& db_;
  statement find_;
  statement insert_;
  statement update_;
  std::unordered_map<std::string, ticket, text_hash, std::equal_to<>> tickets_;
  std::vector<ticket*> changed_; // since the last flush
};

} // namespace cxstream::connectors
