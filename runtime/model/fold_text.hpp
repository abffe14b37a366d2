// Texts that people and systems write in many ways, brought to one form for comparison. ASCII only: bytes of other
// characters stay as they are. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace cxstream::model {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

// Removes space around the text; touches nothing when there is none.
inline void trim(std::string& text) {
  const auto inner = trimmed(text);
  if (inner.size() == text.size())
    return;
  text.erase(static_cast<std::size_t>(inner.data() - text.data()) + inner.size());
  text.erase(0, text.size() - inner.size());
}

inline void lower(std::string& text) noexcept {
  for (auto& c : text)
    c = to_lower(c);
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  lower(out);
  return out;
}

// A short text in lower case on the stack, for look-ups. Longer than `capacity` it is empty: no vocabulary has such
// words.
class folded {
public:
  static constexpr std::size_t capacity = 256;
  enum class words : unsigned char {
    as_written, // only the case is folded
    separated,  // runs of space, "_" and "-" count as one space: "very_negative" = "Very  negative"
  };

  folded(std::string_view text, words how) noexcept {
    if (text.size() > capacity)
      return;
    for (const char c : text) {
      const bool separator = how == words::separated && (is_space(c) || c == '_' || c == '-');
      if (!separator)
        chars_[size_++] = to_lower(c);
      else if (size_ > 0 && chars_[size_ - 1] != ' ')
        chars_[size_++] = ' ';
    }
    while (how == words::separated && size_ > 0 && chars_[size_ - 1] == ' ')
      --size_;
  }

  std::string_view view() const noexcept {
    return {chars_.data(), size_};
  }

private:
  std::array<char, capacity> chars_; // only the first size_ are set
  std::size_t size_ = 0;
};

} // namespace cxstream::model
