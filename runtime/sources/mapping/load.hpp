// Reads a mapping file (YAML). What is wrong is told with file and line. docs: examples/mappings/.
#pragma once

#include "sources/mapping/mapping.hpp"

#include <filesystem>

namespace cxstream::sources {

// Errors: not_found, io, invalid_argument ("incidents.yaml:12: …").
base::result<mapping> load_mapping(const std::filesystem::path& path);

// The same from text; `file` is for messages.
base::result<mapping> parse_mapping(const std::string& text, const std::string& file);

// The mapping of a file that needs none: one canonical event a line, as JSON.
mapping canonical_mapping();

} // namespace cxstream::sources
