// Numbers as people read them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace cxstream::terminal {

// 1234567 → "1,234,567".
std::string grouped(std::uint64_t number);
// A share of 0 … 1 with one digit: "12.5 %".
std::string percent(double share);
// "850 ms", "2.4 s", "3 min 05 s", "2 h 07 min", "4 d 03 h".
std::string span(std::chrono::milliseconds duration);
// "12,340/s"; below 10 with one digit.
std::string per_second(double rate);
// With a fixed number of digits after the point.
std::string decimal(double number, int digits);

} // namespace cxstream::terminal
