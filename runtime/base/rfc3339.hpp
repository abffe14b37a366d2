// Times as text, RFC 3339: "2026-01-02T03:04:05.123456Z". Pure; thread-safe; independent of locale and time zone
// database.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cxstream::base {

// Strict: date, "T", time, and "Z" or an offset, nothing before or after; "t" and "z" are allowed. The result is UTC.
// Digits of the fraction beyond microseconds are cut off. A leap second (23:59:60 UTC) becomes the second that follows
// it, as in POSIX. Empty when the text is anything else.
std::optional<timestamp> parse_rfc3339(std::string_view text) noexcept;

// UTC with "Z" and microseconds; a fraction of zero is left out. Precondition: a year of 0 … 9999.
std::string format_rfc3339(timestamp t);

} // namespace cxstream::base
