// The monthly partitions of fact_ticket_event, made when an event of the month comes first. Owned by the target; throws
// `failure`.
//
// A month is attached, not created in place: attaching leaves readers of the other months alone. Times outside of 1990
// to 2099 have partitions of their own from the beginning.
#pragma once

#include "base/time.hpp"
#include "connectors/postgres/connection.hpp"

#include <chrono>
#include <set>
#include <string>

namespace cxstream::connectors::postgres {

class months {
public:
  explicit months(connection& db) : db_(db) {
  }
  // Makes the partition of the month where it is missing, in a transaction of its own.
  void have(base::timestamp t);

private:
  void make(std::chrono::year_month month);

  connection& db_;
  std::set<std::chrono::year_month> there_;
};

} // namespace cxstream::connectors::postgres
