// Percent-encoding of RFC 3986: for parts of URLs and for forms. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::connectors {

enum class hex_case : bool { lower, upper };

// Letters, digits and -._~ stay as they are, every other byte becomes %XX.
std::string percent_encoded(std::string_view text, hex_case digits = hex_case::upper);

} // namespace cxstream::connectors
