#include "security/verify/sent_time.hpp"

#include "base/rfc3339.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace cxstream::security {

namespace {

// So many that microseconds of it cannot overflow.
constexpr std::size_t second_digits_max = 11;
constexpr std::size_t millisecond_digits_max = 14;

std::optional<std::int64_t> parse_digits(std::string_view text, std::size_t digits_max) {
  std::int64_t number = 0;
  if (text.empty() || text.size() > digits_max ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view example_of(time_format format) {
  switch (format) {
    case time_format::unix_s:
      return "seconds since 1970, such as 1767225600";
    case time_format::unix_ms:
      return "milliseconds since 1970, such as 1767225600000";
    case time_format::rfc3339:
      return "a time such as 2026-01-01T00:00:00Z";
    case time_format::unix_or_rfc3339:
      break;
  }
  return "a time such as 2026-01-01T00:00:00Z or 1767225600";
}

} // namespace

std::optional<base::timestamp> parse_sent_time(std::string_view text, time_format format) {
  if (format == time_format::unix_ms) {
    const auto ms = parse_digits(text, millisecond_digits_max);
    return ms ? std::optional(base::timestamp{std::chrono::milliseconds{*ms}}) : std::nullopt;
  }
  if (format != time_format::rfc3339)
    if (const auto s = parse_digits(text, second_digits_max))
      return base::timestamp{std::chrono::seconds{*s}};
  return format == time_format::unix_s ? std::nullopt : base::parse_rfc3339(text);
}

base::result<void> check_sent_time(std::string_view header, std::string_view text, time_format format,
                                   std::chrono::seconds tolerance, base::timestamp now) {
  const auto sent = parse_sent_time(text, format);
  if (!sent)
    return base::error{base::error_code::invalid_argument,
                       "header " + std::string(header) + " must be " + std::string(example_of(format))};
  if (*sent >= now - tolerance && *sent <= now + tolerance)
    return {};
  const auto apart = std::chrono::duration_cast<std::chrono::seconds>(*sent < now ? now - *sent : *sent - now);
  return base::error{base::error_code::invalid_argument,
                     "header " + std::string(header) + " is " + std::to_string(apart.count()) + " s " +
                         (*sent < now ? "old" : "in the future") + "; more than " + std::to_string(tolerance.count()) +
                         " s are refused: it was sent again, or a clock is wrong"};
}

} // namespace cxstream::security
