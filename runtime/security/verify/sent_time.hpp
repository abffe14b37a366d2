// When a sender says that it sent, and whether that is near enough to now. Pure.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace cxstream::security {

enum class time_format { unix_s, unix_ms, rfc3339, unix_or_rfc3339 };

// Strict: digits and nothing else for unix times.
std::optional<base::timestamp> parse_sent_time(std::string_view text, time_format format);

// Errors: invalid_argument, when the text is no time or is more than the tolerance before or after `now`. `header` is
// where it was found.
base::result<void> check_sent_time(std::string_view header, std::string_view text, time_format format,
                                   std::chrono::seconds tolerance, base::timestamp now);

} // namespace cxstream::security
