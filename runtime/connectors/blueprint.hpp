// A sink whose settings were read: what its connector can do, and the connector, not opened yet. Every kind of target
// has one function that makes it, in its own folder (`<kind>/plan.hpp`); factory.cpp lists them.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "connectors/encoding/json_event.hpp"
#include "ports/target.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace cxstream::connectors {

struct blueprint {
  ports::target_traits traits;
  std::unique_ptr<ports::target> target;
};

// invalid_argument that names the sink.
base::error invalid(const config::sink_config& sink, std::string_view what);

// What writes the sink's events as JSON, under its projection. Errors: invalid_argument.
base::result<json_event> encoder_of(const config::sink_config& sink);

// More events than this of a partition cannot reach the target out of order; with a margin, because the sink's limit
// may be changed.
std::uint64_t disorder_max(const config::sink_config& sink);

} // namespace cxstream::connectors
