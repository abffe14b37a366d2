#include "model/fold_text.hpp"
#include "model/validate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cxstream::model {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// By byte: control characters, space, and what RFC 3986 leaves out.
constexpr auto forbidden = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte <= 0x20; ++byte)
    table[byte] = true;
  for (const unsigned char byte : {0x7f, int{'"'}, int{'<'}, int{'>'}, int{'\\'}, int{'`'}})
    table[byte] = true;
  return table;
}();

bool is_forbidden(char c) noexcept {
  return forbidden[static_cast<unsigned char>(c)];
}

// Removes "http://" or "https://", in any case; false when there is neither.
bool take_scheme(std::string_view& text) noexcept {
  for (const std::string_view scheme : {"https://", "http://"})
    if (text.size() >= scheme.size() && std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, to_lower)) {
      text.remove_prefix(scheme.size());
      return true;
    }
  return false;
}

// ":" and a number up to 65,535, or nothing.
bool is_port(std::string_view text) noexcept {
  if (text.empty())
    return true;
  text.remove_prefix(1);
  int port = 0;
  for (const char c : text) {
    if (!is_digit(c))
      return false;
    port = port * 10 + (c - '0');
    if (port > 65'535)
      return false;
  }
  return true;
}

} // namespace

bool is_web_url(std::string_view text) noexcept {
  if (std::ranges::any_of(text, is_forbidden) || !take_scheme(text))
    return false;
  auto authority = text.substr(0, text.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != authority.npos)
    authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == authority.npos || end < 3)
      return false;
    const auto address = authority.substr(1, end - 1);
    return address.find_first_not_of("0123456789abcdefABCDEF:.") == address.npos && address.find(':') != address.npos &&
           (end + 1 == authority.size() || authority[end + 1] == ':') && is_port(authority.substr(end + 1));
  }
  const auto colon = std::min(authority.find(':'), authority.size());
  const auto host = authority.substr(0, colon);
  return !host.empty() && host.find_first_of("[]") == host.npos && is_port(authority.substr(colon));
}

} // namespace cxstream::model
