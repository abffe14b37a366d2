// Reads a node's configuration from YAML. examples/cxstream.yaml shows and explains every setting.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/interpolate.hpp"

#include <string>
#include <string_view>

namespace cxstream::config {

// Reads a file. Values may name environment variables; see interpolate.hpp. Errors: not_found and io for the file;
// invalid_argument with one line "file:line: what is wrong; what to do" for each mistake, at most twenty.
base::result<node_config> load_config(const std::string& path);

// The same for a text; `name` stands for the file in messages.
base::result<node_config> parse_config(std::string_view text, const std::string& name,
                                       const environment& variables = process_environment());

} // namespace cxstream::config
