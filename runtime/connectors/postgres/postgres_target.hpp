// The postgres sink: a warehouse, a star schema in one schema of a PostgreSQL database (15 or newer). Owned by one
// worker thread; others may read, and other nodes may write other partitions of the log, meanwhile.
//
// Invariants:
//  1. One deliver() is one transaction: facts, dimensions, ticket_current, discards, load_audit and delivery_cursor
//  together or not at all. Only where the server refuses the rows is it several, each of some of the events.
//  2. An event is a row of fact_ticket_event, known by its place in the log. Delivering it again changes no row but
//  load_audit's.
//  3. A field of ticket_current is written only by an event whose revision is not older than the one that wrote it.
//  4. A value that PostgreSQL does not hold is left out of its row and noted in discards. An event that the server
//  refuses is answered `permanent`, noted in discards and leaves no other trace; the others of the call are not touched
//  by it.
//  5. A call ends within its timeouts, also when the server is frozen.
#pragma once

#include "base/result.hpp"
#include "ports/target.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::connectors {

namespace postgres {
class warehouse;
class census_desk;
} // namespace postgres

struct postgres_settings {
  std::vector<std::pair<std::string, std::string>> login; // libpq's parameters, without the password
  // Asked at every connecting, so that a password can be rotated while the node runs.
  std::function<base::result<std::string>()> password;
  std::string schema = "cxstream";
  std::string reader; // a role that may read the views; empty: nobody beside whom the database's owner lets
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds statement_timeout{60'000};
  std::chrono::days audit_kept{90}; // rows of load_audit
  std::size_t batch_events_max = 8'000;
  std::uint64_t disorder_max = 4'096; // see written_offsets.hpp
};

class postgres_target final : public ports::target {
public:
  explicit postgres_target(postgres_settings settings);
  ~postgres_target() override;

  // Errors: unavailable; invalid_argument (newer version, schema of something else).
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;
  ports::census* census_taker() override;

private:
  postgres_settings settings_;
  std::unique_ptr<postgres::warehouse> warehouse_; // the open connection
  std::unique_ptr<postgres::census_desk> census_;
};

} // namespace cxstream::connectors
