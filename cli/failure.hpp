// How a command says why it ends.
#pragma once

#include "client/exit_code.hpp"

#include <string>

namespace cxstream::cli {

// Prints "cxstream: <what>" to stderr and returns the code.
int fail(client::exit_code code, const std::string& what);

} // namespace cxstream::cli
