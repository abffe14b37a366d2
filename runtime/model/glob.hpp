// Patterns of tags in which "*" stands for any text, also none. Plain values; thread-safe once built. The cost of a
// match is bounded by (length of the text) × (length of the pattern), whatever the pattern is: after a "*" that was
// passed, no earlier one is ever tried again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cxstream::model {

class glob {
public:
  // Precondition: the pattern holds at least one "*". Several in a row count as one.
  explicit glob(std::string_view pattern);

  bool matches(std::string_view text) const noexcept;
  // Whether each text that `other` matches is matched by this one as well.
  bool covers(const glob& other) const noexcept {
    return matches(other.pattern_); // of all its texts, the pattern itself, its stars read as letters, is the hardest
  }

  // The pattern as it is compared.
  const std::string& pattern() const noexcept {
    return pattern_;
  }
  // Its characters but for the stars.
  std::size_t literals() const noexcept {
    return literals_;
  }
  // One "*", at the end.
  bool is_beginning() const noexcept {
    return literals_ + 1 == pattern_.size() && pattern_.back() == '*';
  }

private:
  std::string pattern_;
  std::size_t literals_ = 0;
};

} // namespace cxstream::model
