// "Did you mean …?" Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cxstream::base {

// Least number of letters to insert, delete, replace, or swap with their neighbour, that turns one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word that a mistyped one is close to (a third of its letters wrong at most); empty when none is.
std::string_view closest(std::string_view word, std::span<const std::string_view> known);

// "; did you mean \"x\"?", or "; known are: a, b, c".
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

} // namespace cxstream::base
