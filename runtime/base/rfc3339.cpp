#include "base/rfc3339.hpp"

#include <date/date.h>

namespace cxstream::base {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Reads a text from left to right; every step says whether it could.
class reader {
public:
  explicit reader(std::string_view text) : rest_(text) {
  }

  // Exactly `width` digits, of a value from `min` to `max`.
  template <class T>
  bool number(int width, T min, T max, T& out) noexcept {
    T value = 0;
    for (int i = 0; i < width; ++i, rest_.remove_prefix(1)) {
      if (rest_.empty() || !is_digit(rest_.front()))
        return false;
      value = static_cast<T>(value * 10 + (rest_.front() - '0'));
    }
    out = value;
    return min <= value && value <= max;
  }

  bool one_of(std::string_view allowed) noexcept {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "." and at least one digit; absent is zero.
  bool fraction(std::int64_t& us) noexcept {
    us = 0;
    if (!one_of("."))
      return true;
    if (rest_.empty() || !is_digit(rest_.front()))
      return false;
    for (std::int64_t unit = 100'000; !rest_.empty() && is_digit(rest_.front()); unit /= 10, rest_.remove_prefix(1))
      us += unit * (rest_.front() - '0');
    return true;
  }

  bool offset(std::chrono::minutes& out) noexcept {
    out = std::chrono::minutes{0};
    if (one_of("zZ"))
      return true;
    const int sign = !rest_.empty() && rest_.front() == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if (!one_of("+-") || !number(2, 0, 23, hours) || !one_of(":") || !number(2, 0, 59, minutes))
      return false;
    out = sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
    return true;
  }

  bool at_end() const noexcept {
    return rest_.empty();
  }

private:
  std::string_view rest_;
};

char* put(char* out, unsigned value, int width) noexcept {
  for (int i = width - 1; i >= 0; --i, value /= 10)
    out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

} // namespace

std::optional<timestamp> parse_rfc3339(std::string_view text) noexcept {
  reader in(text);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction_us = 0;
  std::chrono::minutes offset{0};
  const bool shaped = in.number(4, 0, 9999, year) && in.one_of("-") && in.number(2, 1u, 12u, month) && in.one_of("-") &&
                      in.number(2, 1u, 31u, day) && in.one_of("tT") && in.number(2, 0, 23, hour) && in.one_of(":") &&
                      in.number(2, 0, 59, minute) && in.one_of(":") && in.number(2, 0, 60, second) &&
                      in.fraction(fraction_us) && in.offset(offset) && in.at_end();
  const auto day_of = date::year{year} / date::month{month} / date::day{day};
  if (!shaped || !day_of.ok())
    return {};
  const date::sys_seconds start_of_minute =
      date::sys_days{day_of} + std::chrono::hours{hour} + std::chrono::minutes{minute} - offset;
  const auto minute_of_day = start_of_minute - date::floor<date::days>(start_of_minute);
  if (second == 60 && minute_of_day != std::chrono::minutes{23 * 60 + 59})
    return {};
  return start_of_minute + std::chrono::seconds{second} + duration{fraction_us};
}

std::string format_rfc3339(timestamp t) {
  const auto day = date::floor<date::days>(t);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss<duration> time{t - day};
  char text[] = "0000-00-00T00:00:00.000000Z";
  char* at = put(text, static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  at = put(at + 1, static_cast<unsigned>(ymd.month()), 2);
  at = put(at + 1, static_cast<unsigned>(ymd.day()), 2);
  at = put(at + 1, static_cast<unsigned>(time.hours().count()), 2);
  at = put(at + 1, static_cast<unsigned>(time.minutes().count()), 2);
  at = put(at + 1, static_cast<unsigned>(time.seconds().count()), 2);
  if (time.subseconds().count() != 0)
    at = put(at + 1, static_cast<unsigned>(time.subseconds().count()), 6);
  *at++ = 'Z';
  return {text, at};
}

} // namespace cxstream::base
