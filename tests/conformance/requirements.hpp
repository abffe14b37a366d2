// The requirements of docs/protocols/connector.md that can be tried from outside, each with its check. A check is given
// a world that nothing has happened in yet.
#pragma once

#include "conformance/judge.hpp"
#include "conformance/world.hpp"

#include <span>

namespace cxstream::conformance {

struct requirement {
  int number;       // C<number> in the specification
  const char* name; // of the test
  void (*check)(world&, judge&);
};

// In the order of their numbers.
std::span<const requirement> requirements();

// In the files named after them.
// requirements_answers.cpp
void check_one_outcome(world&, judge&);
void check_delivered_is_there(world&, judge&);
void check_unfit_is_not_sent(world&, judge&);
void check_refused_is_permanent(world&, judge&);
void check_text_is_safe(world&, judge&);
// requirements_order.cpp
void check_order(world&, judge&);
void check_nothing_behind_a_failure(world&, judge&);
void check_skip_has_cause(world&, judge&);
void check_repeat(world&, judge&);
void check_only_if_newer(world&, judge&);
void check_batch_limit(world&, judge&);
void check_one_bad_record(world&, judge&);
// requirements_trouble.cpp
void check_away(world&, judge&);
void check_comes_back(world&, judge&);
void check_slow(world&, judge&);
void check_throttled(world&, judge&);
void check_failing(world&, judge&);
void check_expired(world&, judge&);
void check_lost_answer(world&, judge&);
void check_deferred(world&, judge&);
// requirements_life.cpp
void check_close(world&, judge&);
void check_positions(world&, judge&);
void check_traits(world&, judge&);

} // namespace cxstream::conformance
