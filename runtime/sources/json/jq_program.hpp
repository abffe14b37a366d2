// The jq expressions of one mapping, compiled by libjq into one program: jq takes 28 ms and a megabyte for each
// program, however short. Owned by one thread (a jq_state is not thread-safe).
//
// Invariants:
//  1. Expressions see "." (the record), $payload and $headers, nothing of each other, and no modules.
//  2. Whole numbers beyond 2^53, and numbers beyond a double, are handed to jq as texts: no id is ever rounded.
//  3. What is known to end or hang the process inside libjq fails instead (jq_guards.hpp).
//  4. An evaluation gives at most jq_values_max values, no deeper than json_depth_max.
#pragma once

#include "base/result.hpp"
#include "sources/json/json_path.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::sources {

inline constexpr std::size_t jq_values_max = 10'000;

class jq_program {
public:
  // Which expression is wrong, and jq's words.
  struct fault {
    std::size_t expression = 0;
    std::string message;
  };
  // Null and `why` when one does not compile.
  static std::unique_ptr<jq_program> compile(const std::vector<std::string>& expressions, fault& why);

  ~jq_program();
  jq_program(const jq_program&) = delete;
  jq_program& operator=(const jq_program&) = delete;

  // The next evaluations are about these; they are converted for jq when the first asks.
  void focus(const json_roots& roots);
  // Absent when it gives nothing; one value as itself; more as `several`; failed with jq's words.
  cell run(std::size_t expression, cell_arena& arena);

private:
  struct state;
  explicit jq_program(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

} // namespace cxstream::sources
