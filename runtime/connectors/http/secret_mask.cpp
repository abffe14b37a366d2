#include "connectors/http/secret_mask.hpp"

#include "connectors/encoding/json_text.hpp"
#include "connectors/encoding/percent.hpp"
#include "model/fold_text.hpp"
#include "security/crypto/encoding.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::size_t shortest = 4;
constexpr std::array<std::string_view, 11> secret_fields{
    "access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "assertion", "routing_key",
    "password",     "api_key",       "secret",   "token",
};

std::string json_escaped(std::string_view value) {
  json_buffer out;
  json_writer json(out);
  connectors::text(json, value);
  return std::string(view(out).substr(1, view(out).size() - 2));
}

// Where the value of a field begins, its name standing at `at`: behind `"name" : "` or `name=`; npos when this is no
// such field.
std::size_t value_after(std::string_view text, std::size_t at, std::size_t name_bytes) {
  auto next = at + name_bytes;
  if (next < text.size() && text[next] == '=')
    return at == 0 || text[at - 1] == '&' || text[at - 1] == '?' || text[at - 1] == '\n' ? next + 1 : text.npos;
  if (at == 0 || text[at - 1] != '"' || next >= text.size() || text[next] != '"')
    return text.npos;
  next = text.find_first_not_of(" \t\r\n", next + 1);
  if (next == text.npos || text[next] != ':')
    return text.npos;
  next = text.find_first_not_of(" \t\r\n", next + 1);
  return next != text.npos && text[next] == '"' ? next + 1 : text.npos;
}

std::size_t end_of_value(std::string_view text, std::size_t begin) {
  const bool quoted = text[begin - 1] == '"';
  auto end = begin;
  for (; end < text.size(); ++end) {
    if (quoted && text[end] == '\\')
      ++end;
    else if (quoted ? text[end] == '"' : text[end] == '&' || std::isspace(static_cast<unsigned char>(text[end])) != 0)
      break;
  }
  return std::min(end, text.size());
}

void hide_field(std::string& text, std::string_view name) {
  auto small = model::lowered(text);
  for (std::size_t at = 0; (at = small.find(name, at)) != small.npos;) {
    const auto begin = value_after(small, at, name.size());
    if (begin == small.npos) {
      at += name.size();
      continue;
    }
    const auto bytes = end_of_value(small, begin) - begin;
    text.replace(begin, bytes, secret_mask::hidden);
    small.replace(begin, bytes, secret_mask::hidden);
    at = begin;
  }
}

} // namespace

void secret_mask::add(std::string_view value) {
  if (value.size() < shortest)
    return;
  using security::text_encoding;
  for (auto form : {std::string(value), percent_encoded(value, hex_case::upper),
                    percent_encoded(value, hex_case::lower), json_escaped(value),
                    security::encode(text_encoding::base64, value), security::encode(text_encoding::base64url, value)})
    if (std::ranges::find(values_, form) == values_.end())
      values_.push_back(std::move(form));
  std::ranges::stable_sort(values_, std::greater<>{}, &std::string::size);
}

std::string secret_mask::applied(std::string_view text) const {
  std::string out(text);
  for (const auto& value : values_)
    for (std::size_t at = 0; (at = out.find(value, at)) != out.npos; at += hidden.size())
      out.replace(at, value.size(), hidden);
  for (const auto name : secret_fields)
    hide_field(out, name);
  return out;
}

bool is_secret_header(std::string_view name) {
  static constexpr std::array<std::string_view, 7> telling{"authorization", "cookie",    "token", "secret",
                                                           "password",      "signature", "key"};
  const auto small = model::lowered(name);
  if (small == "idempotency-key")
    return false;
  return std::ranges::any_of(telling, [&](std::string_view part) { return small.find(part) != small.npos; });
}

} // namespace cxstream::connectors
