#include "config/diagnostics.hpp"

#include <algorithm>

namespace cxstream::config {

void diagnostics::add(int line, std::string what) {
  found_.push_back({line, std::move(what)});
}

base::error diagnostics::to_error() const {
  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, &finding::line);
  std::string message;
  for (std::size_t i = 0; i < std::min(sorted.size(), shown_max); ++i) {
    if (i > 0)
      message += '\n';
    message += file_;
    if (sorted[i].line > 0)
      message += ":" + std::to_string(sorted[i].line);
    message += ": " + sorted[i].what;
  }
  if (sorted.size() > shown_max)
    message += "\n" + file_ + ": and " + std::to_string(sorted.size() - shown_max) + " more";
  return {base::error_code::invalid_argument, std::move(message)};
}

} // namespace cxstream::config
