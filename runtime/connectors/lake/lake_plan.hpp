// The settings that every lake has, whatever its objects are kept in.
#pragma once

#include "connectors/blueprint.hpp"
#include "connectors/lake/lake_target.hpp"
#include "connectors/settings.hpp"

#include <array>
#include <string_view>

namespace cxstream::connectors {

constexpr std::array<std::string_view, 7> lake_setting_names{
    "format", "compression", "rotate_bytes", "rotate_every", "unpublished_max", "envelope", "dataschema"};

// Reads them; what is wrong is noted in `s`. `staging`: the folder where events gather.
lake_settings read_lake_settings(settings& s, const config::sink_config& sink, std::string staging);

// The blueprint, once all is read and right. Errors: invalid_argument.
base::result<blueprint> lake_blueprint(settings& s, const config::sink_config& sink, lake_settings read,
                                       std::unique_ptr<object_store> store);

} // namespace cxstream::connectors
