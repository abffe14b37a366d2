// The events of a payload that holds canonical events already. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

// Each as JSON: of one object, an array of them, or one a line. What is none of these comes as it is, line by line.
std::vector<std::string> canonical_records(std::string_view body);

} // namespace cxstream::sources
