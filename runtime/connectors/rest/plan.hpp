// Reads the settings of a sink of kind rest. docs/connectors/rest.md explains them.
#pragma once

#include "connectors/blueprint.hpp"

namespace cxstream::connectors {

// Errors: invalid_argument, naming the sink, the setting and its line.
base::result<blueprint> plan_rest(const config::sink_config& sink);

} // namespace cxstream::connectors
