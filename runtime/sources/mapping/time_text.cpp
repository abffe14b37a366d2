#include "sources/mapping/time_text.hpp"

#include "base/rfc3339.hpp"
#include "sources/mapping/field_path.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <cmath>
#include <optional>
#include <sstream>

namespace cxstream::sources {

namespace {

using std::chrono::microseconds;

base::error bad_time(std::string_view text, const std::string& format) {
  return {base::error_code::invalid_argument, "'" + std::string(text) + "' is not a time of the form " + format};
}

// True when the whole text was used.
bool used_up(std::istream& in) {
  return !in.fail() && in.peek() == std::char_traits<char>::eof();
}

// Reads `text` as Time (a local or UTC time point) of any precision up to nanoseconds; microseconds are kept.
template <template <class> class Time>
std::optional<Time<microseconds>> parse_whole(const std::string& format, const std::string& text) {
  std::istringstream in(text);
  Time<microseconds> at;
  in >> date::parse(format, at);
  if (used_up(in))
    return at;
  std::istringstream finer(text);
  Time<std::chrono::nanoseconds> fine;
  finer >> date::parse(format, fine);
  if (used_up(finer))
    return std::chrono::floor<microseconds>(fine);
  return std::nullopt;
}

// A fixed offset such as "+02:00" or "-0530".
std::optional<std::chrono::minutes> parse_offset(const std::string& zone) {
  for (const auto* format : {"%Ez", "%z"}) {
    std::istringstream in(zone);
    std::chrono::minutes offset{0};
    date::fields<std::chrono::seconds> fields;
    std::string abbreviation;
    date::from_stream(in, format, fields, &abbreviation, &offset);
    if (used_up(in) && (zone.front() == '+' || zone.front() == '-'))
      return offset;
  }
  return std::nullopt;
}

} // namespace

base::result<time_rule> time_rule::make(std::string_view format, std::string_view zone) {
  time_rule rule;
  rule.format_ = format;
  if (format == "rfc3339")
    rule.kind_ = kind::rfc3339;
  else if (format == "unix_s")
    rule.kind_ = kind::unix_s;
  else if (format == "unix_ms")
    rule.kind_ = kind::unix_ms;
  else if (format.find('%') == std::string_view::npos)
    return base::error{base::error_code::invalid_argument,
                       "'" + rule.format_ +
                           "' is not a time format; write one like \"%Y-%m-%d %H:%M:%S\", or rfc3339, "
                           "unix_s, unix_ms"};
  else if (format.find("%z") != std::string_view::npos || format.find("%Ez") != std::string_view::npos)
    rule.kind_ = kind::pattern_with_offset;
  else
    rule.kind_ = kind::pattern;
  const std::string name(zone);
  if (name == "UTC" || name == "Z")
    return rule;
  if (const auto offset = name.empty() ? std::nullopt : parse_offset(name)) {
    rule.offset_ = *offset;
    return rule;
  }
  try {
    rule.zone_ = date::locate_zone(name);
  } catch (const std::exception&) {
    return base::error{base::error_code::invalid_argument,
                       "'" + name +
                           "' is not a time zone; write UTC, an offset like \"+02:00\", or a name like Europe/Rome"};
  }
  return rule;
}

base::result<base::timestamp> time_rule::parse(std::string_view text) const {
  switch (kind_) {
    case kind::unix_s: {
      const auto number = parse_number(text);
      if (!number || !(*number > -1e11 && *number < 1e11))
        return bad_time(text, "unix_s (seconds since 1970)");
      return base::from_us(std::llround(*number * 1e6));
    }
    case kind::unix_ms: {
      const auto number = parse_number(text);
      if (!number || !(*number > -1e14 && *number < 1e14))
        return bad_time(text, "unix_ms (milliseconds since 1970)");
      return base::from_us(std::llround(*number * 1e3));
    }
    case kind::pattern:
      return parse_local(text);
    case kind::pattern_with_offset:
    case kind::rfc3339:
      break;
  }
  if (kind_ == kind::rfc3339) {
    if (const auto at = base::parse_rfc3339(text)) // the common form, without a stream
      return *at;
  }
  std::string copy(text);
  if (kind_ == kind::rfc3339 && (copy.ends_with('Z') || copy.ends_with('z')))
    copy.replace(copy.size() - 1, 1, "+00:00");
  if (kind_ == kind::rfc3339 && copy.size() > 10 && (copy[10] == ' ' || copy[10] == 't'))
    copy[10] = 'T';
  const auto at = parse_whole<date::sys_time>(kind_ == kind::rfc3339 ? "%FT%T%Ez" : format_, copy);
  if (!at)
    return bad_time(text, kind_ == kind::rfc3339 ? "RFC 3339 (2026-01-31T23:59:59Z)" : format_);
  return *at;
}

base::result<base::timestamp> time_rule::parse_local(std::string_view text) const {
  const auto local = parse_whole<date::local_time>(format_, std::string(text));
  if (!local)
    return bad_time(text, format_);
  if (zone_ != nullptr)
    return zone_->to_sys(*local, date::choose::earliest);
  return base::timestamp{local->time_since_epoch()} - offset_;
}

} // namespace cxstream::sources
