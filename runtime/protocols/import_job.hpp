// import_job: the life of one import: what its runner does next, and what an operator may do with it. A pure machine:
// time is an argument, files and the node's intake are effects. One lock owns it: operators and the runner both speak
// to it.
//
// Invariants:
//  1. counts().rows is a durable place: every row before it was answered by the node, and the record was stored after
//  that. A crash at any moment leads back to an earlier such place, never past a row.
//  2. While it runs exactly one effect is under way; each is answered by one call, which gives the next.
//  3. An operator's wish holds at once (the record says so, and is stored before he is answered); the runner sees it
//  behind the effect under way and lets go. What that effect brought in still counts.
//  4. A row that was refused counts as dealt with; too many of them pause the job instead of filling the disk.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "protocols/backoff.hpp"
#include "protocols/rate_limit.hpp"

#include "cxstream/v1/imports.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace cxstream::protocols {

struct import_policy {
  double rows_per_s = 0;           // 0: as fast as one batch after another is durable
  std::uint32_t batch_rows = 512;  // made durable together
  std::uint32_t skip_rows = 4'096; // passed over at a time, so that a wish is soon seen
  std::uint64_t refused_max = 0;   // rows since it was last resumed; 0: no bound
  backoff_policy backoff{std::chrono::seconds{1}, std::chrono::minutes{1}, 2.0, 0.0};
};

// Open the file at its beginning, and the rejects cut back to so many bytes; then opened() or failed().
struct open_import {
  std::uint64_t rejects_bytes;
};
// Read rows that were dealt with before; then skipped() or failed().
struct skip_rows {
  std::uint64_t rows_max;
};
// Read rows, make what they say durable, then write down what was refused; then taken() or failed(). After failed()
// the rows that were read are to be tried again.
struct take_rows {
  std::uint32_t rows_max;
};
// Make the record durable; then stored() or store_failed().
struct store_import {};
// Do nothing for so long; then woken().
struct rest_import {
  base::duration time;
};
// Close the file; the run is over: then ended().
struct end_import {};

using import_effect = std::variant<open_import, skip_rows, take_rows, store_import, rest_import, end_import>;

// What some rows came to.
struct taken_rows {
  v1::ImportCounts counts;
  std::uint64_t refused = 0;       // lines of rejects
  std::uint64_t rejects_bytes = 0; // length of the rejects now
  std::uint64_t bytes_read = 0;    // of the file
  bool at_end = false;             // no row is left
};

class import_job {
public:
  // As it was stored. One that ran when the node ended waits for its turn again.
  import_job(v1::ImportJobRecord stored, const import_policy& policy);

  const v1::ImportJobRecord& record() const {
    return record_;
  }
  v1::ImportState state() const {
    return record_.job().state();
  }
  // Its turn may come.
  bool may_begin() const {
    return !runs_ && state() == v1::IMPORT_QUEUED;
  }
  // It is over for good, and nobody reads its file.
  bool needs_no_file() const {
    return !runs_ && (state() == v1::IMPORT_DONE || state() == v1::IMPORT_CANCELLED);
  }
  // It may be forgotten.
  bool is_at_end() const {
    return !runs_ && state() != v1::IMPORT_QUEUED && state() != v1::IMPORT_RUNNING && state() != v1::IMPORT_PAUSED;
  }

  // What operators wish. The record is to be stored before they are answered. Errors: failed_precondition.
  base::result<void> pause();
  base::result<void> resume();
  base::result<void> cancel(base::timestamp now);

  // The runner's. Precondition of begin(): may_begin().
  import_effect begin(base::timestamp now);
  import_effect opened(base::timestamp now);
  import_effect skipped(std::uint64_t rows, bool at_end, base::timestamp now);
  import_effect taken(const taken_rows& rows, base::timestamp now);
  // An effect on the file or the intake could not be carried out. What may pass is tried again, the rest ends the run.
  import_effect failed(const base::error& why, base::timestamp now);
  import_effect stored(base::timestamp now);
  import_effect store_failed(const base::error& why);
  import_effect woken(base::timestamp now);
  void ended() {
    runs_ = false;
  }

private:
  import_effect go_on(base::timestamp now);
  import_effect store(base::timestamp now);
  import_effect rest_after(std::string why);
  void spend_time(base::timestamp now);
  void finish(v1::ImportState state, base::timestamp now);

  v1::ImportJobRecord record_;
  import_policy policy_;
  std::optional<rate_limit> rate_;
  std::uint32_t batch_rows_ = 1;
  base::timestamp seen_at_{};  // for the time spent
  std::uint64_t skipped_ = 0;  // rows passed over since the file was opened
  std::uint32_t attempts_ = 0; // failures in a row
  bool runs_ = false;          // a runner has it
  bool is_open_ = false;
  bool unsaved_ = false; // the record is not yet known to be stored
};

} // namespace cxstream::protocols
