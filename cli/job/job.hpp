// `cxstream job`: the imports that a node does by itself.
#pragma once

#include "calls.hpp"
#include "terminal/table.hpp"

#include "cxstream/v1/imports.grpc.pb.h"

#include <string>
#include <vector>

namespace cxstream::cli {

struct job_options {
  call_options call;
  std::string id;
  std::string path; // of `start`, as the next three
  std::string name;
  std::string mapping;
  double rate = 0;
  bool detach = false;
  bool quiet = false;
};

// "running" of IMPORT_RUNNING.
std::string job_state_word(v1::ImportState state);
terminal::table job_table(const std::vector<v1::ImportJob>& jobs);
// What became of a job, or has so far, for people.
std::string job_text(const v1::ImportJob& job);
// 0 when every row is in, else 1: rows were refused, or it did not come to its end.
client::exit_code code_of(const v1::ImportJob& job);

// Shows how a job gets on until it runs no more, then what became of it; over restarts of the node. Return the exit
// code.
int watch_job(const job_options& options);
// The rows that were refused, as NDJSON on standard output.
int print_rejects(const job_options& options);

} // namespace cxstream::cli
