// census: what a target holds of each ticket, so that it can be compared with what it should hold and be mended. The
// unit is the ticket, because every kind of target has tickets: a warehouse has a row with its facts, a CRM a record.
// One connector implements it beside ports::target; the calls come from one thread at a time and may block.
//
// How the comparison goes: summaries of time buckets first; the rows of those that differ; each ticket that seems to
// differ once more by itself, because the sink goes on delivering meanwhile. So summaries and rows need not be of one
// moment, but each row must be.
//
// Invariants an implementation keeps:
//  1. The digest of a row depends on all that the target shows of the ticket, and on nothing else (not on when it was
//  written); expectation computes the same from the events.
//  2. A row is in the bucket of its last_occurred_at, as the target holds it.
//  3. repair() leaves the ticket as if its events had been delivered to an empty target, or as it was.
//
// For an API with queries instead of tables (a CRM):
//  - summarise() by the API's own grouping, e.g. SOQL "SELECT CALENDAR_YEAR(cx_last__c), …, COUNT(Id) … GROUP BY …" or
//    HubSpot's search with a range filter and `total`, a request a bucket. It cannot digest: leave
//    bucket_summary::digest empty, and the bucket counts as differing, so that its rows are read. Make `row_limit`
//    bound what that may cost.
//  - rows_between() by pages of a query on the time field, with the fields that the sink writes; rows() by the external
//    id (SOQL "IN", HubSpot's batch/read, 100 ids a request).
//  - expectation folds the events into the fields of the record as the encoder writes them; the digest is a hash over
//    these fields' texts in the order of their names, as the API answers them.
//  - repair() writes the whole record by upsert on the external id, not only if newer: its sequence may be the same.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/target.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxstream::ports {

// What is held of a ticket.
struct census_row {
  std::string ticket_id;
  base::ticket_sequence sequence;   // of the last event
  base::timestamp last_occurred_at; // of the newest revision
  std::uint64_t digest = 0;

  bool operator==(const census_row&) const = default;
};

// The tickets of a time bucket: [number, number + 1) × its width since 1970.
struct bucket_summary {
  std::int64_t number = 0;
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> digest; // exclusive or of the rows' digests; nothing where the target cannot say
};

// The bucket of a time.
constexpr std::int64_t bucket_of(base::timestamp t, std::chrono::seconds width) {
  const auto second = std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  return second / width.count() - (second % width.count() < 0 ? 1 : 0);
}

// What a target should hold of one ticket, told event by event in the order of their sequence.
class expectation {
public:
  virtual ~expectation() = default;
  // Events that the target has no place for (unfit, unreadable) change nothing.
  virtual void add(const delivery& event) = 0;
  // Precondition: something was added.
  virtual census_row row() const = 0;
};

enum class mended : std::uint8_t {
  done,
  moved_on, // the target has an event of the ticket that is newer than those given: read again
};

class census {
public:
  virtual ~census() = default;

  virtual std::unique_ptr<expectation> expect() const = 0;
  // Every bucket that has rows, in order. Errors: unavailable.
  virtual base::result<std::vector<bucket_summary>> summarise(std::chrono::seconds width) = 0;
  // The rows whose last_occurred_at is in [from, to). Errors: unavailable.
  virtual base::result<std::vector<census_row>> rows_between(base::timestamp from, base::timestamp to) = 0;
  // The rows of some tickets; a ticket that the target does not hold has none. Errors: unavailable.
  virtual base::result<std::vector<census_row>> rows(std::span<const std::string> ticket_ids) = 0;

  // These two write, so they are called on the target that delivers, between its deliveries.
  // `events`: every event of one ticket that the target should hold, in the order of their sequence. `seen`: the
  // sequence of the row that was judged; a later one than the last event's is believed to be wrong only if it is this.
  // Errors: unavailable; invalid_argument (the target refuses what the ticket came to).
  virtual base::result<mended> repair(std::span<const delivery> events, base::ticket_sequence seen,
                                      base::timestamp now) = 0;
  // Takes a ticket away that should not be there. Errors: unavailable.
  virtual base::result<void> remove(const std::string& ticket_id) = 0;
};

} // namespace cxstream::ports
