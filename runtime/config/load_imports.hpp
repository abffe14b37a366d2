// `imports`: how the node reads files by itself. Internal to config, like yaml_document.hpp.
#pragma once

#include "config/config.hpp"
#include "config/section.hpp"

namespace cxstream::config {

void read_imports(section in, imports_config& out);

} // namespace cxstream::config
