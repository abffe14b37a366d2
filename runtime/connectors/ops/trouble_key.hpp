// A trouble's name as a vendor takes it: of bounded length, the same for the same name. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::connectors {

// "cx:" and the name; where that is longer than bytes_max, its beginning and a hash of all of it.
std::string trouble_key(std::string_view trouble, std::size_t bytes_max);

} // namespace cxstream::connectors
