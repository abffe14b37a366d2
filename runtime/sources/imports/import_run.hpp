// import_run: one run of a job: its file read row by row, what the rows say made durable, what is refused written down.
// Owned by one thread.
//
// Invariants:
//  1. Rows that were read and not made durable are kept and tried again; nothing is read past them.
//  2. A row's reject line is written after the node has answered, and counts when the job's record does: what a crash
//  leaves behind it is cut off when the run is opened.
#pragma once

#include "ports/clock.hpp"
#include "ports/waiting_intake.hpp"
#include "protocols/import_job.hpp"
#include "sources/files/row_batch.hpp"
#include "sources/imports/import_spool.hpp"
#include "sources/mapping/event_check.hpp"

#include <memory>
#include <optional>
#include <stop_token>

namespace cxstream::sources {

class import_run {
public:
  import_run(v1::ImportJobRecord record, const import_spool& spool, ports::ingest_gate& gate, const ports::clock& clock,
             const model::validation_limits& limits);

  // Errors: not_found, io, malformed, invalid_argument (the mapping, a column that is not there), failed_precondition
  // (the file is not the one it was).
  base::result<void> open(std::uint64_t rejects_bytes);

  struct passed_rows {
    std::uint64_t rows;
    bool at_end;
  };
  // Errors: io, malformed.
  base::result<passed_rows> skip(std::uint64_t rows_max, const std::stop_token& stop);
  // Errors: of the file (io, malformed), of the node (unavailable, timeout, …), of the rejects (io,
  // resource_exhausted).
  base::result<protocols::taken_rows> take(std::uint32_t rows_max, const std::stop_token& stop);

private:
  base::result<void> check_identity() const;
  std::filesystem::path file() const;
  void read_batch(std::uint32_t rows_max);
  std::optional<row_reject> judge(const std::string& event);
  base::result<void> submit(const std::stop_token& stop);
  base::result<std::uint64_t> write_rejects();

  const v1::ImportJobRecord record_;
  const import_spool& spool_;
  const ports::clock& clock_;
  ports::waiting_intake intake_;
  event_check check_;
  std::unique_ptr<mapping> rules_; // rows_ refers to it
  std::optional<row_sequence> rows_;
  std::optional<rejects_file> rejects_;
  std::uint64_t rows_before_ = 0;  // of what is read next, in the file
  std::optional<row_batch> batch_; // under way
  bool answered_ = false;          // the batch is durable; its rejects may not be written yet
};

} // namespace cxstream::sources
