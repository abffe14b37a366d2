// What a text may have around what it says.
#pragma once

#include <string_view>

namespace cxstream::sources {

constexpr std::string_view blanks = " \t\r\n"; // of JSON and XML
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace cxstream::sources
