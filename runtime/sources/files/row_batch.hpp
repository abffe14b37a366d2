// Some rows of a file on their way to a node: what is sent, what was refused before, and the account when the node has
// answered. Plain values and functions; one thread owns a batch.
//
// Invariant: every row read is counted once: as an event that is sent, as refused, or as dropped.
#pragma once

#include "sources/files/import_ledger.hpp"
#include "sources/files/rejects_file.hpp"
#include "sources/files/row_sequence.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::sources {

// What is needed of a row when it is refused.
struct row_note {
  std::size_t index = 0; // among the rows of the batch
  row_place place;
  std::string raw;
};

struct refused_row {
  row_note row;
  row_reject why;
};

struct row_batch {
  std::vector<std::string> events; // serialized
  std::vector<row_note> sent;      // one an event
  std::vector<refused_row> refused;
  import_counts counts;
  std::size_t size_bytes = 0;            // of events and of rows as they lie in the file
  bool at_end = false;                   // the file has no more rows
  std::optional<base::error> read_error; // why there are no more
};

struct batch_bounds {
  std::uint32_t rows_max = 512;
  std::uint32_t events_max = 512;
  std::size_t bytes_max = 2u << 20u;       // beyond it no row is added: the node takes 4 MiB
  std::size_t event_bytes_max = 1u << 20u; // the node refuses events from 64 KiB on, but must get them to say so
};

// Whether, and why, an event that a row came to is not to be sent.
using event_judge = std::function<std::optional<row_reject>(const std::string& event)>;

// Reads rows into a batch that is empty. Without a judge all events are sent.
void fill(row_batch& batch, row_sequence& rows, const batch_bounds& bounds, const event_judge& judge = {});
// The node's answer to the batch's events, in their order; results beyond are of no concern.
void settle(row_batch& batch, const v1::PublishResponse& answer);
// A line of the rejects file for each refused row, in the order of the rows.
std::vector<std::string> reject_lines(row_batch& batch, const std::string& file);

} // namespace cxstream::sources
