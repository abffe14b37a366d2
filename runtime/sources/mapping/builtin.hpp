// The mappings that come with cxstream: the files of mappings/, in the binary. And the one way to name a mapping.
#pragma once

#include "sources/mapping/mapping.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace cxstream::sources {

struct builtin_file {
  std::string_view name; // "zendesk_events"
  std::string_view text; // the YAML
};

// In the order of their names.
std::span<const builtin_file> builtin_files();

// The text of a built-in mapping; empty when there is none of that name.
std::optional<std::string_view> builtin_text(std::string_view name);

// Errors: not_found (with the names there are), invalid_argument.
base::result<mapping> builtin_mapping(std::string_view name);

// A mapping by what configuration and commands call it: the name of a built-in, or a path to a file. What looks like a
// path (a slash, .yaml or .yml) is never a name. Errors: not_found (naming the closest), io, invalid_argument.
base::result<mapping> resolve_mapping(const std::string& reference);

} // namespace cxstream::sources
