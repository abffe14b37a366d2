#include "model/glob.hpp"

#include <algorithm>

namespace cxstream::model {

glob::glob(std::string_view pattern) {
  for (const char c : pattern)
    if (c != '*' || pattern_.empty() || pattern_.back() != '*')
      pattern_.push_back(c);
  literals_ = pattern_.size() - static_cast<std::size_t>(std::ranges::count(pattern_, '*'));
}

bool glob::matches(std::string_view text) const noexcept {
  if (text.size() < literals_)
    return false;
  const auto none = pattern_.size();
  std::size_t at = 0;          // in the text
  std::size_t p = 0;           // in the pattern
  std::size_t star = none;     // the last star that was passed
  std::size_t star_begins = 0; // where in the text the rest after that star was tried last
  while (at < text.size()) {
    if (p < pattern_.size() && pattern_[p] == '*') {
      star = p++;
      star_begins = at;
    } else if (p < pattern_.size() && pattern_[p] == text[at]) {
      ++p;
      ++at;
    } else if (star != none) {
      p = star + 1;
      at = ++star_begins;
    } else {
      return false;
    }
  }
  while (p < pattern_.size() && pattern_[p] == '*')
    ++p;
  return p == pattern_.size();
}

} // namespace cxstream::model
