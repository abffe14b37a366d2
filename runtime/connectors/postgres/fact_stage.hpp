// The facts of a batch on their way: COPY to a temporary table (never logged, emptied by the commit), then one INSERT
// of those that are not there. Owned by the target; throws `failure`.
#pragma once

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/copy_rows.hpp"
#include "connectors/postgres/dimensions.hpp"
#include "connectors/postgres/prepared_event.hpp"

#include <unordered_set>

namespace cxstream::connectors::postgres {

class fact_stage {
public:
  explicit fact_stage(dimensions& dims) : dims_(dims) {
  }
  // Once a connection.
  static void create(connection& db);

  // Precondition: the event's dimensions are loaded.
  void add(const prepared_event& e, std::int64_t ticket_key, base::timestamp delivered_at);
  // Writes what was added; the keys of the events that are new.
  std::unordered_set<std::int64_t> load(connection& db);
  // Of the events added: those at whose place the warehouse has another event. To be asked after load().
  std::unordered_set<std::int64_t> strangers(connection& db) const;
  // The same for places where an event was found new although the cursor says that it is there.
  static std::unordered_set<std::int64_t> twice(connection& db, const std::vector<std::int64_t>& keys);
  // Which of the new events carry which raw tags.
  void load_tags(connection& db, const std::vector<const prepared_event*>& fresh);
  void clear() {
    rows_.clear();
  }

private:
  void put_place(const prepared_event& e, std::int64_t ticket_key, base::timestamp delivered_at);
  void put_keys(const prepared_event& e);
  void put_content(const v1::CanonicalEvent& e);

  dimensions& dims_;
  copy_rows rows_;
};

} // namespace cxstream::connectors::postgres
