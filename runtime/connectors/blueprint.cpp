#include "connectors/blueprint.hpp"

#include "model/projection.hpp"

#include <algorithm>

namespace cxstream::connectors {

base::error invalid(const config::sink_config& sink, std::string_view what) {
  return {base::error_code::invalid_argument, "sink \"" + sink.name + "\": " + std::string(what)};
}

base::result<json_event> encoder_of(const config::sink_config& sink) {
  auto projection = model::compile_projection(sink.projection);
  if (!projection)
    return invalid(sink, projection.err().message);
  return json_event(*projection);
}

std::uint64_t disorder_max(const config::sink_config& sink) {
  return std::max<std::uint64_t>(4'096, std::uint64_t{sink.in_flight_events_max} * 2);
}

} // namespace cxstream::connectors
