#include "security/feedback/feedback_token.hpp"

#include "security/crypto/encoding.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace cxstream::security {

namespace {

using base::error_code;

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view purpose = "cxstream feedback 1\n"; // a signature made for something else is none here
constexpr std::size_t key_bytes_min = 16;

std::string sign(const hmac_key& key, std::string_view claim) {
  const std::array parts{purpose, claim};
  return key.sign(parts);
}

// Takes what stands before the next "|".
std::string_view next_field(std::string_view& rest) {
  const auto bar = rest.find('|');
  const auto out = rest.substr(0, bar);
  rest.remove_prefix(bar == rest.npos ? rest.size() : bar + 1);
  return out;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc{} && end == text.data() + text.size();
}

} // namespace

base::result<feedback_tokens> feedback_tokens::of(std::string_view keys) {
  feedback_tokens out;
  for (std::size_t at = 0; (at = keys.find_first_not_of(white, at)) != keys.npos;) {
    const auto end = std::min(keys.find_first_of(white, at), keys.size());
    if (end - at < key_bytes_min)
      return base::error{error_code::invalid_argument, "a key of feedback links must have at least 16 bytes"};
    out.keys_.emplace_back(hash_algorithm::sha256, keys.substr(at, end - at));
    at = end;
  }
  if (out.keys_.empty())
    return base::error{error_code::invalid_argument, "there is no key for feedback links"};
  return out;
}

std::string feedback_tokens::make(const ports::told_delivery& told, base::timestamp expires) const {
  const auto expires_s = base::to_us(expires) / 1'000'000;
  const auto claim = std::to_string(expires_s) + "|" + std::to_string(base::to_us(told.told_at)) + "|" +
                     std::to_string(told.sequence.value) + "|" + told.sink + "|" + told.ticket_id;
  return encode(text_encoding::base64url, claim) + "." + encode(text_encoding::base64url, sign(keys_.front(), claim));
}

base::result<ports::told_delivery> feedback_tokens::read(std::string_view token, base::timestamp now) const {
  const base::error wrong{error_code::unauthenticated, "the link is not one of this node's, or was damaged"};
  const auto dot = token.find('.');
  const auto claim = decode(text_encoding::base64url, token.substr(0, dot));
  const auto code = decode(text_encoding::base64url, dot == token.npos ? std::string_view() : token.substr(dot + 1));
  if (!claim || !code)
    return wrong;
  bool genuine = false;
  for (const auto& key : keys_)
    genuine |= same_bytes(sign(key, *claim), *code);
  if (!genuine)
    return wrong;
  std::string_view rest = *claim;
  std::int64_t expires_s = 0;
  std::int64_t told_at_us = 0;
  ports::told_delivery out;
  if (!read_number(next_field(rest), expires_s) || !read_number(next_field(rest), told_at_us) ||
      !read_number(next_field(rest), out.sequence.value))
    return wrong;
  out.sink = next_field(rest);
  out.ticket_id = rest;
  out.told_at = base::from_us(told_at_us);
  if (base::to_us(now) / 1'000'000 >= expires_s)
    return base::error{error_code::failed_precondition, "the link has expired"};
  return out;
}

} // namespace cxstream::security
