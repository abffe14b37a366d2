// `cxstream import`: the rows of files become events on a node.
#pragma once

#include "base/credit.hpp"
#include "client/connection.hpp"
#include "client/exit_code.hpp"
#include "sources/files/import_ledger.hpp"
#include "sources/mapping/mapping.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::cli {

struct import_options {
  std::vector<std::string> files; // "-" is standard input
  std::string watch;              // a folder, in place of files
  std::string mapping;
  std::string rejects;
  std::string state; // empty: beside each file
  client::node_address node;
  std::optional<std::uint64_t> shuffle;
  double rate = 0; // rows a second; 0: as fast as they go
  std::uint32_t in_flight = base::credit_events_default;
  double patience_s = 60;
  bool resume = true;
  bool json = false;
  bool dry_run = false;
  bool quiet = false;
  bool upload = false; // the node does the work
  bool detach = false; // of an upload: its job is not watched
};

// What became of one file.
struct import_outcome {
  std::string file;
  sources::import_counts counts;
  double seconds = 0;
  std::uint64_t resumed_at = 0;
  client::exit_code code = client::exit_ok;
  std::string trouble; // why it stopped early
};

// Return the exit code.
int run_import(const import_options& options);
// Every file that appears in a folder, until it is interrupted.
int run_watch(const import_options& options);
// The files go to the node, which imports them by itself.
int run_upload(const import_options& options);

// The mapping that is named, or else the one that the file's first bytes ask for. Errors: not_found, io,
// invalid_argument (a table or XML needs a mapping).
base::result<sources::mapping> rules_for(const import_options& options, const std::string& file);
// Prints what became of a file.
void show_outcome(const import_options& options, const import_outcome& outcome);

// One file, whole. `append_rejects`: an earlier file of this run has written the rejects file already.
import_outcome import_file(const import_options& options, const std::string& file, const sources::mapping& rules,
                           std::uint64_t rejects_before);
// The same without a node: maps and counts, and shows the first event.
import_outcome try_file(const import_options& options, const std::string& file, const sources::mapping& rules);

// The summary, for people or as JSON.
std::string outcome_text(const import_outcome& outcome);
std::string outcome_json(const import_outcome& outcome);

} // namespace cxstream::cli
