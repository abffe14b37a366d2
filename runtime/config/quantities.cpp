#include "config/quantities.hpp"

#include <charconv>
#include <limits>
#include <span>

namespace cxstream::config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr unit duration_units[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr unit plain_units[] = {{"", 1}};
constexpr unit size_units[] = {{"", 1}, {"B", 1}, {"KiB", 1u << 10u}, {"MiB", 1u << 20u}, {"GiB", 1u << 30u}};

// The number times its unit; empty when the text is not that or the product is above `max`.
std::optional<std::uint64_t> parse(std::string_view text, std::span<const unit> units, std::uint64_t max) noexcept {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{})
    return {};
  const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  if (number == 0 && name.empty())
    return 0;
  for (const auto& u : units)
    if (u.name == name && number <= max / u.factor)
      return number * u.factor;
  return {};
}

// The amount before "/s", "/m" or "/h", divided by it.
std::optional<double> per_second(std::string_view text, std::span<const unit> units) noexcept {
  if (text.size() < 3 || text[text.size() - 2] != '/')
    return {};
  const auto amount = parse(text.substr(0, text.size() - 2), units, std::numeric_limits<std::uint64_t>::max());
  if (!amount)
    return {};
  switch (text.back()) {
    case 's':
      return static_cast<double>(*amount);
    case 'm':
      return static_cast<double>(*amount) / 60;
    case 'h':
      return static_cast<double>(*amount) / 3'600;
    default:
      return {};
  }
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
  constexpr std::uint64_t century_ms = 100ull * 366 * 86'400'000; // far from any overflow of microseconds
  if (const auto ms = parse(text, duration_units, century_ms))
    return std::chrono::milliseconds{static_cast<std::int64_t>(*ms)};
  return {};
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  return parse(text, size_units, std::numeric_limits<std::uint64_t>::max());
}

std::optional<double> parse_rate(std::string_view text) noexcept {
  return per_second(text, plain_units);
}

std::optional<double> parse_byte_rate(std::string_view text) noexcept {
  return per_second(text, size_units);
}

} // namespace cxstream::config
