// `cxstream dead`: dead letters, which wait for a person. Each function returns the exit code.
#pragma once

#include "calls.hpp"

#include <vector>

namespace cxstream::cli {

struct dead_options {
  call_options call;
  std::vector<std::string> ids;
  std::string id; // of the commands that take one
  std::string stage;
  std::string sink;
  std::string source;
  std::string ticket;
  std::string reason;
  std::string cause_class;
  std::string cause;
  std::string since;
  std::string until;
  std::string why; // discard
  bool group = false;
  std::uint32_t limit = 100;
  bool allow_older = false;
  bool everything = false;
  std::string out;               // export: file, empty for standard output
  std::string event_file;        // edit: the new event as JSON
  std::vector<std::string> sets; // edit: field=value
};

std::string class_text(v1::DeadLetterClass what);
std::string stage_text(v1::DeadLetterStage stage);
v1::DeadLetterSelector selector_of(const dead_options& options);
bool selects_something(const v1::DeadLetterSelector& selector);

int list_dead(const dead_options& options);
int group_dead(const dead_options& options);
int show_dead(const dead_options& options);
int edit_dead(const dead_options& options);
int requeue_dead(const dead_options& options);
int discard_dead(const dead_options& options);
int export_dead(const dead_options& options);

} // namespace cxstream::cli
