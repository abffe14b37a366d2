// What a label says for a value that a client chose. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::telemetry {

// The value itself; "unknown" when it is empty, "other" when it is over 128 bytes or not UTF-8.
std::string label_text(std::string_view value);

} // namespace cxstream::telemetry
