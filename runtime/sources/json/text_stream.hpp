// A byte input as RapidJSON reads it, one character at a time, with its place; keeps the text of what is being read.
// Private to the JSON sources; owned by one thread.
#pragma once

#include "sources/input/byte_input.hpp"

#include <algorithm>
#include <optional>

namespace cxstream::sources {

class json_text_stream {
public:
  using Ch = char;

  explicit json_text_stream(byte_input input) : input_(std::move(input)) {
  }
  json_text_stream(const json_text_stream&) = delete;
  json_text_stream& operator=(const json_text_stream&) = delete;

  // NUL at the end, where the input fails, and where is_too_long().
  char Peek() {
    return at_ != end_ || refill() ? *at_ : '\0';
  }
  char Take() {
    return at_ != end_ || refill() ? *at_++ : '\0';
  }
  std::size_t Tell() const {
    return passed_ + static_cast<std::size_t>(at_ - piece_.data());
  }
  // RapidJSON asks for these where it parses in place, which it does not here.
  Ch* PutBegin() {
    return nullptr;
  }
  void Put(Ch) {
  }
  std::size_t PutEnd(Ch*) {
    return 0;
  }

  // From here on the text is kept; what was kept is forgotten. No more than `bytes_max` can be read before the next
  // call.
  void keep_from_here(std::size_t bytes_max) {
    kept_.clear();
    kept_from_ = at_;
    limit_ = Tell() + bytes_max;
    is_too_long_ = false;
  }
  // As keep_from_here(), but what is kept so far stays.
  void extend(std::size_t bytes_max) {
    limit_ = Tell() + bytes_max;
  }
  std::string kept() {
    return kept_ + std::string(kept_from_, at_);
  }
  std::size_t kept_bytes() const {
    return kept_.size() + static_cast<std::size_t>(at_ - kept_from_);
  }

  bool is_at_end() {
    return at_ == end_ && !refill() && !failure_ && !is_too_long_;
  }
  bool is_too_long() const {
    return is_too_long_;
  }
  const std::optional<base::error>& failure() const {
    return failure_;
  }
  const byte_input& input() const {
    return input_;
  }

  struct place {
    std::uint64_t line = 1;
    std::uint64_t column = 1;
  };
  // Of the next character, from 1; columns count bytes.
  place here() {
    count_lines();
    return {line_, Tell() - line_begin_ + 1};
  }

private:
  bool refill() {
    if (failure_ || is_finished_)
      return false;
    if (Tell() > limit_) {
      is_too_long_ = true;
      return false;
    }
    kept_.append(kept_from_, end_);
    count_lines();
    passed_ += piece_.size();
    const auto piece = input_.read();
    if (!piece)
      failure_ = piece.err();
    piece_ = piece ? *piece : std::string_view();
    is_finished_ = piece_.empty();
    at_ = kept_from_ = counted_ = piece_.data();
    end_ = at_ + piece_.size();
    return !is_finished_;
  }
  void count_lines() {
    for (const char* found = counted_; (found = std::find(found, at_, '\n')) != at_; ++found) {
      ++line_;
      line_begin_ = passed_ + static_cast<std::size_t>(found - piece_.data()) + 1;
    }
    counted_ = at_;
  }

  byte_input input_;
  std::string_view piece_ = "";
  const char* at_ = piece_.data();
  const char* end_ = at_;
  const char* kept_from_ = at_;
  const char* counted_ = at_; // lines before it are in line_
  std::uint64_t passed_ = 0;  // bytes before piece_
  std::uint64_t line_ = 1;
  std::uint64_t line_begin_ = 0;
  std::size_t limit_ = static_cast<std::size_t>(-1);
  std::string kept_; // of earlier pieces
  bool is_finished_ = false;
  bool is_too_long_ = false;
  std::optional<base::error> failure_;
};

} // namespace cxstream::sources
