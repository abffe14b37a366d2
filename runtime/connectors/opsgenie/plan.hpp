// Reads the settings of a sink of kind opsgenie. docs/connectors/opsgenie.md explains them.
#pragma once

#include "connectors/blueprint.hpp"
#include "connectors/surroundings.hpp"

namespace cxstream::connectors {

// Errors: invalid_argument, naming the sink, the setting and its line.
base::result<blueprint> plan_opsgenie(const config::sink_config& sink, const surroundings& near);

} // namespace cxstream::connectors
