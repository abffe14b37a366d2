// What the commands end with; documented in `cxstream --help`.
#pragma once

namespace cxstream::client {

enum exit_code : int {
  exit_ok = 0,
  exit_failed = 1,      // done, but something was refused, not found or does not add up
  exit_usage = 2,       // the command line, a mapping or a configuration is wrong
  exit_unreachable = 3, // no node answers, or it stopped the work
  exit_interrupted = 130,
};

} // namespace cxstream::client
