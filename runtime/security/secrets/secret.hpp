// A secret that a configuration gives as text, or says where to find: env:NAME, file:PATH, command:SHELL COMMAND. It is
// read when it is used, and again when it may have changed, so that it can be rotated without a restart. Owned by one
// thread.
//
// Invariants:
//  1. No error, no shown() text and no stream has the value in it.
//  2. A file that changed is read again at the next value(); a command is run again after `command_every`, or after
//     suspect(), as when a target answered 401. A file or command that fails after it has once worked is an error, not
//     the old value.
//  3. A command ends within command_timeout and its output within secret_bytes_max, or it is an error.
#pragma once

#include "base/result.hpp"
#include "security/files/plain_file.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::security {

class secret {
public:
  static constexpr std::size_t secret_bytes_max = 64u << 10u;
  static constexpr std::chrono::seconds command_timeout{10};
  static constexpr std::chrono::minutes command_every{5};

  // No secret: value() is empty text.
  secret() = default;
  // `text:` before a text keeps its first word from being taken for a place. Errors: invalid_argument, for a place
  // without a name. Reads nothing yet.
  static base::result<secret> of(std::string_view setting);

  // The secret as it is now, without a line break behind it. Errors: not_found (no such variable or file), io, timeout,
  // failed_precondition (the command failed), invalid_argument (empty, or too large).
  base::result<std::string> value();
  // The value does not work any more: look again at the next value().
  void suspect();

  bool is_set() const {
    return place_ != place::none;
  }
  // Whether it is the text itself, so that it can be checked at once.
  bool is_text() const {
    return place_ == place::text;
  }
  // Where it comes from, for people: "env:NAME", "file:PATH", "command:…", "(text)", "(none)".
  std::string shown() const;

private:
  enum class place : std::uint8_t { none, text, environment, file, command };

  base::result<std::string> read();

  place place_ = place::none;
  std::string where_; // the text, or the name of the place
  std::optional<std::string> known_;
  file_stamp stamp_;
  std::chrono::steady_clock::time_point read_at_;
};

} // namespace cxstream::security
