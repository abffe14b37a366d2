// The sqlite sink's ports::census: reads the rows and hashes them here; mends through the target's tables. Owned by the
// target.
#pragma once

#include "connectors/sqlite/database.hpp"
#include "connectors/warehouse/expected_ticket.hpp"
#include "ports/census.hpp"

#include <functional>

namespace cxstream::connectors {

// What the target does for the census. Throws sqlite_failure with the transaction closed.
struct sqlite_mending {
  std::function<database*()> open; // null when the file cannot be opened
  // One transaction: what is there of the ticket goes, and these come. False, and nothing changed, when the ticket has
  // a newer event than these, and not the one seen.
  std::function<bool(std::span<const ports::delivery>, base::ticket_sequence seen, base::timestamp now)> rewrite;
  std::function<void(const std::string& ticket_id)> erase;
};

class sqlite_census final : public ports::census {
public:
  explicit sqlite_census(sqlite_mending mending) : mending_(std::move(mending)) {
  }
  std::unique_ptr<ports::expectation> expect() const override;
  base::result<std::vector<ports::bucket_summary>> summarise(std::chrono::seconds width) override;
  base::result<std::vector<ports::census_row>> rows_between(base::timestamp from, base::timestamp to) override;
  base::result<std::vector<ports::census_row>> rows(std::span<const std::string> ticket_ids) override;
  base::result<ports::mended> repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                     base::timestamp now) override;
  base::result<void> remove(const std::string& ticket_id) override;

private:
  sqlite_mending mending_;
};

// In the open transaction: takes away all that is there of a ticket or at the places of these events.
void take_away(database& db, const std::string& ticket_id, std::span<const ports::delivery> events);

} // namespace cxstream::connectors
