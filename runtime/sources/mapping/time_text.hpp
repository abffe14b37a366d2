// Times as files write them: a format, and the zone of texts that carry none. Thread-safe after it is made.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace cxstream::sources {

class time_rule {
public:
  // format: strptime's letters ("%d/%m/%Y %H:%M", fractions of a second are part of %S), "rfc3339", "unix_s",
  // "unix_ms". zone: "UTC", an offset ("+02:00"), or a name of the tz database ("Europe/Rome"); not used where the text
  // itself has an offset (%z, rfc3339, unix). A local time that occurs twice when clocks go back is taken as the
  // earlier one; one that is skipped when they go forward as the moment of the change. Errors: invalid_argument.
  static base::result<time_rule> make(std::string_view format, std::string_view zone);

  // Errors: invalid_argument.
  base::result<base::timestamp> parse(std::string_view text) const;

private:
  base::result<base::timestamp> parse_local(std::string_view text) const;

  enum class kind { pattern, pattern_with_offset, rfc3339, unix_s, unix_ms };
  kind kind_ = kind::rfc3339;
  std::string format_;
  const date::time_zone* zone_ = nullptr; // named zones
  std::chrono::minutes offset_{0};        // fixed ones
};

} // namespace cxstream::sources
