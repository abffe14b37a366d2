// Durations and sizes as people write them: a whole number and a unit. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cxstream::config {

// "500ms", "30s", "5m", "2h", "30d"; "0" needs no unit. Empty for anything else, or when it does not fit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

// "4096", "64KiB", "128MiB", "2GiB" (also "B"); in bytes. Empty for anything else, or when it does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

// "200/s", "12000/m", "100000/h"; how many a second. Empty for anything else.
std::optional<double> parse_rate(std::string_view text) noexcept;

// "10MiB/s", "1GiB/h"; bytes a second. Empty for anything else.
std::optional<double> parse_byte_rate(std::string_view text) noexcept;

} // namespace cxstream::config
