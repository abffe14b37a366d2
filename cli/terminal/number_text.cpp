#include "terminal/number_text.hpp"

#include <cmath>
#include <cstdio>

namespace cxstream::terminal {

namespace {

std::string pair(long long big, const char* big_unit, long long small, const char* small_unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%lld %s %02lld %s", big, big_unit, small, small_unit);
  return text;
}

} // namespace

std::string grouped(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto place = static_cast<int>(text.size()) - 3; place > 0; place -= 3)
    text.insert(static_cast<std::size_t>(place), 1, ',');
  return text;
}

std::string decimal(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string percent(double share) {
  return decimal(100.0 * share, 1) + " %";
}

std::string span(std::chrono::milliseconds duration) {
  const auto ms = static_cast<long long>(duration.count());
  if (ms < 1'000)
    return std::to_string(ms) + " ms";
  if (ms < 59'950)
    return decimal(static_cast<double>(ms) / 1e3, 1) + " s";
  const auto s = (ms + 500) / 1'000;
  if (s < 3'600)
    return pair(s / 60, "min", s % 60, "s");
  if (s < 86'400)
    return pair(s / 3'600, "h", s % 3'600 / 60, "min");
  return pair(s / 86'400, "d", s % 86'400 / 3'600, "h");
}

std::string per_second(double rate) {
  if (!std::isfinite(rate) || rate < 0)
    return "-";
  return rate < 10 ? decimal(rate, 1) + "/s" : grouped(static_cast<std::uint64_t>(std::llround(rate))) + "/s";
}

} // namespace cxstream::terminal
