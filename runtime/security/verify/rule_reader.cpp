#include "security/verify/rule_reader.hpp"

#include <algorithm>
#include <charconv>

namespace cxstream::security {

namespace {

// RFC 9110: a token.
bool is_header_name(std::string_view text) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

bool has_blanks_around(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  return !text.empty() &&
         (blanks.find(text.front()) != std::string_view::npos || blanks.find(text.back()) != std::string_view::npos);
}

} // namespace

base::error invalid(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

std::string listed(std::initializer_list<std::string_view> names) {
  std::string out;
  for (const auto name : names)
    out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

base::result<void> check_options(const verify_rule& rule, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : rule.options) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    return invalid("scheme " + rule.scheme + " has no option \"" + name + "\"; " +
                   (known.size() == 0 ? "it has none" : "it has: " + listed(known)));
  }
  return {};
}

std::string_view option(const verify_rule& rule, std::string_view name) {
  const auto found = rule.options.find(std::string(name));
  return found == rule.options.end() ? std::string_view() : std::string_view(found->second);
}

base::result<std::string> header_option(const verify_rule& rule, std::string_view name) {
  const auto value = option(rule, name);
  if (rule.options.count(std::string(name)) > 0 && !is_header_name(value))
    return invalid("option " + std::string(name) + " of scheme " + rule.scheme + ": \"" + std::string(value) +
                   "\" is no name of a header, such as X-Signature");
  return lower_case(value);
}

base::result<std::chrono::seconds> tolerance_option(const verify_rule& rule, std::chrono::seconds otherwise) {
  constexpr std::uint32_t day_s = 86'400;
  if (rule.options.count("tolerance") == 0)
    return otherwise;
  const auto text = option(rule, "tolerance");
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::uint32_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3'600 : 0;
  if (failure != std::errc{} || factor == 0 || number == 0 || number > day_s / factor)
    return invalid("option tolerance of scheme " + rule.scheme + ": \"" + std::string(text) +
                   "\" is no time from 1s to 24h, such as 300s or 5m");
  return std::chrono::seconds{number * factor};
}

base::result<void> check_secrets(const verify_rule& rule, std::size_t size_min) {
  if (rule.secrets.empty())
    return invalid("scheme " + rule.scheme + " needs at least one secret");
  for (std::size_t i = 0; i < rule.secrets.size(); ++i) {
    const auto& secret = rule.secrets[i];
    if (secret.empty())
      return invalid(place_of(rule, i) + " is empty; is the variable or file that it comes from set?");
    if (has_blanks_around(secret))
      return invalid(place_of(rule, i) + " begins or ends with a blank or line break; take it away");
    if (secret.size() < size_min)
      return invalid(place_of(rule, i) + " has " + std::to_string(secret.size()) + " bytes; fewer than " +
                     std::to_string(size_min) + " can be guessed, so take a longer one");
  }
  return {};
}

std::string place_of(const verify_rule& rule, std::size_t index) {
  return "secret " + std::to_string(index + 1) + " of scheme " + rule.scheme;
}

base::result<std::string_view> only_header(const ports::payload& of, std::string_view name) {
  const ports::header* found = nullptr;
  for (const auto& h : of.headers) {
    if (h.name != name)
      continue;
    if (found != nullptr)
      return invalid("header " + std::string(name) + " is there more than once; it must be there once");
    found = &h;
  }
  if (found == nullptr || found->value.empty())
    return invalid("header " + std::string(name) + (found == nullptr ? " is missing" : " is empty") +
                   "; is signing, or sending the secret, switched on at the sender?");
  return std::string_view(found->value);
}

} // namespace cxstream::security
