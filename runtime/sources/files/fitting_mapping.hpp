// The mapping of a file that comes without one. Plain functions.
#pragma once

#include "sources/mapping/mapping.hpp"

#include <filesystem>

namespace cxstream::sources {

// What the file's first bytes ask for: canonical events where it is JSON, the built-in `xes` where it is an event log.
// Errors: not_found, io, invalid_argument (a table or XML needs a mapping).
base::result<mapping> fitting_mapping(const std::filesystem::path& file);

} // namespace cxstream::sources
