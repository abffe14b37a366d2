// Reads the examples of a mapping file. Private to the mapping loader; errors are mapping_error.
#pragma once

#include "sources/mapping/mapping.hpp"
#include "sources/mapping/yaml_section.hpp"

namespace cxstream::sources {

std::vector<mapping_example> read_examples(const yaml_section& top);

} // namespace cxstream::sources
