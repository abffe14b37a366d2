// The canonical words for signals, status, priority and channel, and the words that helpdesks and enrichers use for
// them. Look-ups ignore case and take "_", "-" and space for the same. Pure; thread-safe; no allocation after the first
// call.
#pragma once

#include <string_view>

namespace cxstream::model {

enum class vocabulary : unsigned char {
  sentiment,  // closed: very_negative, negative, neutral, positive, very_positive, mixed
  churn_risk, // closed: low, medium, high, very_high
  effort,     // closed: low, medium, high, very_high; how hard the customer had to work
  status,     // open: new, open, pending, on_hold, solved, closed
  priority,   // open: low, normal, high, urgent
  channel,    // open: email, chat, phone, web, social, api
};

// The canonical word for a text, empty when the vocabulary does not know it. The result lives for ever.
std::string_view canonical_word(vocabulary words, std::string_view text) noexcept;

// True for the canonical words themselves, in their canonical spelling.
bool is_canonical_word(vocabulary words, std::string_view text) noexcept;

// The canonical words for messages: "low, medium, high, very_high".
std::string_view canonical_words(vocabulary words) noexcept;

} // namespace cxstream::model
