// From a sink's configuration to its connector: the one table of kinds. Adding a kind is adding a row in factory.cpp.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "connectors/surroundings.hpp"
#include "ports/target.hpp"

#include <memory>

namespace cxstream::connectors {

// What the connector of a sink can do under its settings. Errors: invalid_argument, naming the sink, the setting and,
// where it is known, the line: unknown kind, unknown setting, value out of range, projection the kind cannot honour.
base::result<ports::target_traits> traits_of(const config::sink_config& sink);

// One instance, not opened yet. `near` is what a node lends it. Errors: as traits_of().
base::result<std::unique_ptr<ports::target>> make_target(const config::sink_config& sink,
                                                         const surroundings& near = {});

} // namespace cxstream::connectors
