// The lake sink from its configuration.
#pragma once

#include "connectors/blueprint.hpp"

namespace cxstream::connectors {

// Errors: invalid_argument.
base::result<blueprint> plan_lake(const config::sink_config& sink);

} // namespace cxstream::connectors
