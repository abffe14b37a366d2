// One entry of `sinks`. Internal to config, like yaml_document.hpp.
#pragma once

#include "config/config.hpp"
#include "config/section.hpp"

#include <string>

namespace cxstream::config {

// Reads a sink; what is wrong goes to `in.found`. Keys that are not a sink's own are settings of its connector, which
// knows their names and checks them.
sink_config read_sink(const YAML::Node& node, const std::string& path, reading in);

} // namespace cxstream::config
