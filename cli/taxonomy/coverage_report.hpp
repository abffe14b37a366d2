// What `taxonomy coverage` found, as text and as JSON. Pure.
#pragma once

#include "model/tag_coverage.hpp"
#include "terminal/style.hpp"

#include <string>

namespace cxstream::cli {

// At most `top` tags; 0: all.
std::string coverage_text(model::tag_coverage& coverage, const std::string& version, std::size_t top,
                          const terminal::style& look, std::size_t width);
std::string coverage_json(model::tag_coverage& coverage, const std::string& version, std::size_t top);

} // namespace cxstream::cli
