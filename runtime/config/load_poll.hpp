// `poll` of a source. Internal to config, like yaml_document.hpp.
#pragma once

#include "config/config.hpp"
#include "config/section.hpp"

#include <optional>
#include <string>

namespace cxstream::config {

// Reads how a source is polled; what is wrong goes to `in.found`. Nothing when there is no such section.
std::optional<poll_config> read_poll(const YAML::Node& node, const std::string& path, reading in);

} // namespace cxstream::config
