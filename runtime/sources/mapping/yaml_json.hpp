// A YAML value as JSON: what people write in an example becomes what a source would send. Private to the mapping
// loader.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace cxstream::sources {

// Quoted texts stay texts; plain numbers (in JSON's form), true, false and null are such.
std::string yaml_to_json(const YAML::Node& node);

} // namespace cxstream::sources
