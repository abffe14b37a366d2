// A YAML file as text and as a tree, with every failure as a message that names the file and line. Internal to config:
// the only includers are its .cpp files, so that yaml-cpp stays out of other layers.
#pragma once

#include "base/result.hpp"
#include "config/diagnostics.hpp"

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>

namespace cxstream::config {

// The bytes of a file. Errors: not_found, io.
base::result<std::string> read_text_file(const std::string& path);

// Line of a node, from 1.
int line_of(const YAML::Node& node);

// Parses one document whose top is a mapping; an empty document gives an empty mapping. None, and a finding, when the
// text is not UTF-8, not YAML, or something else.
std::optional<YAML::Node> parse_mapping(std::string_view text, diagnostics& found);

} // namespace cxstream::config
