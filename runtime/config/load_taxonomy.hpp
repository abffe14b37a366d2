// Reads a taxonomy from YAML. examples/taxonomy.yaml shows and explains the format.
#pragma once

#include "base/result.hpp"
#include "config/taxonomy_document.hpp"

#include <string>
#include <string_view>

namespace cxstream::config {

// Reads a file. The version is the file's own and must be there: events carry it. A canonical tag is also a raw tag of
// itself, unless the file maps it elsewhere. Errors as of load_config().
base::result<model::taxonomy> load_taxonomy(const std::string& path);

// The same with all that the file says: the order of its patterns, and its examples.
base::result<taxonomy_document> load_taxonomy_document(const std::string& path);

// The same for a text; `name` stands for the file in messages.
base::result<model::taxonomy> parse_taxonomy(std::string_view text, const std::string& name);
base::result<taxonomy_document> parse_taxonomy_document(std::string_view text, const std::string& name);

} // namespace cxstream::config
