// The query of a request's target: "?name=a%20b&mapping=xes". Plain functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::transport {

// Percent-encoded text as bytes; nothing where a % is followed by no two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

// In their order, decoded; "+" is a blank. Nothing where it cannot be decoded.
std::optional<std::vector<std::pair<std::string, std::string>>> query_of(std::string_view target);

} // namespace cxstream::transport
