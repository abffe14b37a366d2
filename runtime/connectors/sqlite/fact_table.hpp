// fact_ticket_event and its bridge to raw tags: one row an event, never changed. Owned by the target; throws
// sqlite_failure.
#pragma once

#include "base/time.hpp"
#include "connectors/sqlite/database.hpp"
#include "connectors/sqlite/dimensions.hpp"
#include "ports/target.hpp"

#include "cxstream/v1/event.pb.h"

namespace cxstream::connectors {

class fact_table {
public:
  fact_table(database& db, dimensions& dims);

  // Adds an event; false when it was there. An event that is not the one found at its place is a sqlite_failure about
  // the row: the file belongs to another node's data.
  bool add(std::int64_t ticket_key, const ports::delivery& place, const v1::CanonicalEvent& event,
           base::timestamp delivered_at);

private:
  void bind_place(std::int64_t ticket_key, const ports::delivery& place, const v1::CanonicalEvent& event);
  void bind_time(int parameter, std::string& text, base::timestamp t);
  void bind_keys(const v1::CanonicalEvent& event);
  void bind_signal(int first_parameter, const v1::Signal& signal);
  void bind_lists(const v1::CanonicalEvent& event);
  void check_same(std::int64_t ticket_key, const ports::delivery& place);

  dimensions& dims_;
  statement insert_;
  statement find_;
  statement insert_raw_tag_;
  // Texts of the row at hand.
  std::string occurred_at_;
  std::string received_at_;
  std::string committed_at_;
  std::string delivered_at_;
  std::string raw_tags_;
  std::string custom_metrics_;
  std::string cleared_;
};

} // namespace cxstream::connectors
