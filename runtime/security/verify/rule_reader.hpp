// What the schemes share in reading a rule: options with names that are known, secrets worth the name, headers that are
// there once. Plain functions.
#pragma once

#include "security/verify/payload_verifier.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::security {

// Shorter ones can be guessed.
inline constexpr std::size_t secret_size_min = 16;
inline constexpr std::size_t password_size_min = 8;

base::error invalid(std::string message);
// "a, b, c".
std::string listed(std::initializer_list<std::string_view> names);
std::string lower_case(std::string_view text);

// Refuses options that are not among the known.
base::result<void> check_options(const verify_rule& rule, std::initializer_list<std::string_view> known);
// Empty when it was not given.
std::string_view option(const verify_rule& rule, std::string_view name);
// The option as a header's name in lower case; empty when it was not given.
base::result<std::string> header_option(const verify_rule& rule, std::string_view name);
// The option tolerance: "300s", "5m", "1h"; `otherwise` when it was not given.
base::result<std::chrono::seconds> tolerance_option(const verify_rule& rule, std::chrono::seconds otherwise);

// At least one, each with `size_min` bytes and no blanks or line breaks around it.
base::result<void> check_secrets(const verify_rule& rule, std::size_t size_min);
// "secret 2 of scheme github": how messages name a secret.
std::string place_of(const verify_rule& rule, std::size_t index);

// Value of a header that must be there exactly once. `name` is in lower case. Errors: invalid_argument.
base::result<std::string_view> only_header(const ports::payload& of, std::string_view name);

} // namespace cxstream::security
