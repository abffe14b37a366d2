// What a shell command writes to its standard output. Thread-safe.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>

namespace cxstream::security {

// Runs it by /bin/sh with an empty standard input. Errors: io (it cannot be started), timeout (and it is killed, with
// what it started), failed_precondition (it ended with a status other than 0), resource_exhausted (more than
// bytes_max). No error has any of the output in it.
base::result<std::string> output_of_command(const std::string& command, std::chrono::milliseconds within,
                                            std::size_t bytes_max);

} // namespace cxstream::security
