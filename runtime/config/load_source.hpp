// One entry of `sources`. Internal to config, like yaml_document.hpp.
#pragma once

#include "config/config.hpp"
#include "config/section.hpp"

#include <string>

namespace cxstream::config {

// Reads a source; what is wrong goes to `in.found`. Mapping names, schemes and their options are checked by those who
// know them, when the sources are made.
source_config read_source(const YAML::Node& node, const std::string& path, reading in);

} // namespace cxstream::config
