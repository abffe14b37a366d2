// The sqlite sink: an embedded warehouse, a star schema in one SQLite file in WAL mode. Owned by one worker thread;
// others may read the file meanwhile.
//
// Invariants:
//  1. One deliver() is one transaction: facts, dimensions, ticket_current and delivery_cursor together or not at all.
//  2. An event is a row of fact_ticket_event, known by its place in the log. Delivering it again changes no byte of any
//  row.
//  3. A field of ticket_current is written only by an event whose revision is not older than the one that wrote it.
//  4. An event that SQLite refuses is answered `permanent` and leaves no trace; the others of the call are not touched
//  by it.
#pragma once

#include "base/result.hpp"
#include "connectors/outcomes.hpp"
#include "connectors/written_offsets.hpp"
#include "ports/census.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace cxstream::connectors {

// What must have reached the disk before a delivery counts.
enum class sqlite_synchronous : std::uint8_t {
  normal, // survives the death of any process; a power loss may take the last deliveries, with the cursor
  full,   // survives power loss
};

struct sqlite_settings {
  std::string path;
  std::chrono::milliseconds busy_timeout{5'000}; // how long to wait for another writer
  sqlite_synchronous synchronous = sqlite_synchronous::normal;
  std::uint64_t disorder_max = 4'096; // see written_offsets.hpp
};

class sqlite_target final : public ports::target {
public:
  static constexpr ports::target_traits traits{
      .batch_events_max = 8'000, .concurrency = 1, .guards_regress = true, .keeps_position = true};

  explicit sqlite_target(sqlite_settings settings);
  ~sqlite_target() override;

  // Errors: unavailable; invalid_argument (newer version, not a warehouse).
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;
  ports::census* census_taker() override;

private:
  struct warehouse; // the open file

  sqlite_settings settings_;
  std::unique_ptr<warehouse> warehouse_;
  std::unique_ptr<ports::census> census_;
};

} // namespace cxstream::connectors
