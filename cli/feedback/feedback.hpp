// `cxstream feedback`: call a delivery a false positive, and see what was called so. Each function returns the exit
// code.
#pragma once

#include "calls.hpp"

#include <cstdint>
#include <string>

namespace cxstream::cli {

struct feedback_options {
  call_options call;
  std::string sink;
  std::string ticket;
  std::uint64_t sequence = 0;
};

int add_feedback(const feedback_options& options);
int report_feedback(const feedback_options& options);

} // namespace cxstream::cli
